package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.parallel.Communicator;
import io.longcat4j.parallel.Ranks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * LongCat-Flash: embeddings, shortcut-connected layers, final norm, head, and multi-token
 * prediction where it is wanted. Weights are shared by all sequences; a forward pass uses the
 * model's scratch, so one thread at a time may run it. Owns its scratch, not the backend.
 */
public final class LanguageModel implements AutoCloseable {

  /** Hears of every layer during a forward pass, for verification. */
  @FunctionalInterface
  public interface LayerListener {
    /**
     * Called after a layer has been queued.
     *
     * @param layer its index
     * @param output {@code [rows, hidden]}, valid until the next layer is queued
     * @param routing the router's picks in this layer
     */
    void onLayer(int layer, Tensor output, Routing routing);
  }

  /** Rows that a forward pass may have on any backend, and of which heads see no more. */
  public static final int MAX_ROWS = 512;

  private static final int MOST_LIKED = 8192;

  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = ModelConfig.HEAD;

  private final ModelConfig config;
  private final ComputeBackend backend;
  private final Ranks ranks;
  private final Share share;
  private final Communicator sums;
  private final Stream main;
  private final Stream side;
  private final Weight embedding;
  private final List<ScMoeLayer> layers = new ArrayList<>();
  private final Norm finalNorm;
  private final Weight head;
  private final @Nullable MultiTokenPrediction prediction;
  private final List<String> unused;
  private final int[] vocabularyStarts;
  private final Scratch scratch;
  private @Nullable ModelRunner leading;

  private LanguageModel(
      ModelConfig config, ComputeBackend backend, Sharing sharing, WeightLoader loader) {
    this.config = config;
    this.backend = backend;
    this.ranks = sharing.ranks();
    this.share = loader.share();
    this.main = backend.openStream();
    this.side = backend.openStream();
    int hidden = config.hiddenSize();
    this.sums = ranks.communicator(backend, main, 2L * mostRows(backend) * hidden);
    this.embedding = loader.matrix(EMBEDDING, config.vocabSize(), hidden);
    Rotary rotary = RotaryTable.of(config);
    for (int l = 0; l < config.numLayers(); l++) {
      layers.add(new ScMoeLayer(loader, l, config, rotary, sums));
    }
    this.finalNorm =
        new Norm(loader.vector("model.norm.weight", hidden), (float) config.rmsNormEps(), 1f);
    boolean tied = config.tieWordEmbeddings() && !loader.has(HEAD);
    this.head = loader.vocabulary(tied ? EMBEDDING : HEAD, config.vocabSize(), hidden);
    this.prediction =
        sharing.drafts() ? new MultiTokenPrediction(loader, backend, config, rotary, sums) : null;
    this.unused = loader.unused();
    this.vocabularyStarts = share.runStarts(config.vocabSize());
    this.scratch = new Scratch(backend, config, share, mostRows(backend));
  }

  /**
   * Rows of the largest forward pass; longer prompts are fed in pieces.
   *
   * @return what the backend likes, from {@link #MAX_ROWS} to 8192
   */
  public int mostRows() {
    return mostRows(backend);
  }

  static int mostRows(ComputeBackend backend) {
    return Math.max(MAX_ROWS, Math.min(backend.likedRows(), MOST_LIKED));
  }

  /**
   * Takes in the weights.
   *
   * @param config the sizes
   * @param weights named as in the published checkpoint
   * @param backend where to compute
   * @param sharing which part of them
   * @param listener hears of every tensor; may abort
   * @return the model, to be closed by the caller before the backend
   * @throws io.longcat4j.CheckpointException if a tensor is missing or has another shape
   * @throws io.longcat4j.InvalidRequestException if the sizes cannot be shared by so many ranks
   */
  public static LanguageModel load(
      ModelConfig config,
      TensorSource weights,
      ComputeBackend backend,
      Sharing sharing,
      LoadingListener listener) {
    Ranks ranks = sharing.ranks();
    Experts experts = RankShapes.of(config, ranks.size(), sharing.experts()).experts();
    Share share =
        new Share(
            ranks.rank(),
            ranks.size(),
            ranks.size() > 1 && ranks.areNear() && !backend.hasOwnMemory());
    long bytes = weightBytes(weights, sharing.drafts());
    LoadProgress progress = new LoadProgress(listener, bytes);
    backend.onTaken(progress::taken);
    WeightLoader loader = new WeightLoader(weights, backend, config, share, experts, progress);
    LanguageModel model = new LanguageModel(config, backend, sharing, loader);
    progress.end();
    return model;
  }

  /**
   * Whether a checkpoint has a layer for multi-token prediction ({@code model.mtp.*}).
   *
   * @param weights of the language model
   * @return true if the model can draft
   */
  public static boolean canDraft(TensorSource weights) {
    return MultiTokenPrediction.isIn(weights);
  }

  /**
   * What {@link #load} reads.
   *
   * @param weights of the language model
   * @param drafts whether multi-token prediction is wanted
   * @return bytes, scales included
   */
  public static long weightBytes(TensorSource weights, boolean drafts) {
    return weights(weights, drafts).mapToLong(tensor -> tensor.narrowed().byteSize()).sum();
  }

  /**
   * The tensors that {@link #load} reads.
   *
   * @param weights of the language model
   * @param drafts whether multi-token prediction is wanted
   * @return weights and their scales, in no order
   */
  public static java.util.stream.Stream<StoredTensor> weights(
      TensorSource weights, boolean drafts) {
    return weights.names().stream()
        .filter(name -> MultiTokenPrediction.reads(name, drafts))
        .map(weights::require);
  }

  /**
   * Matrices that a cache has: two for each layer, and one for multi-token prediction.
   *
   * @param config the sizes
   * @param drafts whether multi-token prediction is wanted
   * @return at least 2
   */
  public static int cacheBlocks(ModelConfig config, boolean drafts) {
    return 2 * config.numLayers() + (drafts ? 1 : 0);
  }

  /** Who computes together, and which of them this is. */
  Ranks ranks() {
    return ranks;
  }

  /** The other ranks, if this one decides, make room as a runner has done, and forget the last. */
  void lead(ModelRunner runner, CacheShape shape) {
    leading = runner;
    if (ranks.size() > 1 && isOnFirstRank()) {
      ranks.order(shape.toBytes());
      ranks.awaitOthers();
    }
  }

  /** Gives the other ranks a command, if this one decides. */
  void tellOthers(ModelRunner runner, Command command) {
    if (ranks.size() > 1 && isOnFirstRank()) {
      if (runner != leading) {
        throw new IllegalStateException("another runner has been made, whose cache the ranks have");
      }
      ranks.order(command.toBytes());
    }
  }

  /** Whether a pass waits for no other rank. */
  boolean isAlone() {
    return ranks.size() == 1;
  }

  /** Whether this rank is the one that chooses, and so has the heads that speak. */
  boolean isOnFirstRank() {
    return share.rank() == 0;
  }

  /**
   * The sizes.
   *
   * @return as in {@code config.json}
   */
  public ModelConfig config() {
    return config;
  }

  /**
   * Where it computes.
   *
   * @return the backend
   */
  public ComputeBackend backend() {
    return backend;
  }

  /**
   * The stream in whose order everything happens.
   *
   * @return for {@link ModelRunner}, verification and measurements
   */
  public Stream stream() {
    return main;
  }

  /**
   * An empty cache.
   *
   * @param positions how many fit at least, of all its sequences together
   * @return the cache, to be closed by the caller before the backend
   */
  public LatentCache allocateCache(int positions) {
    return allocateCache(positions, RowFormat.F32);
  }

  /**
   * An empty cache with what approximate choices of positions need.
   *
   * @param positions how many fit at least, of all its sequences together
   * @param indexing of its blocks
   * @return the cache, to be closed by the caller before the backend
   */
  public LatentCache allocateCache(int positions, CacheIndexing indexing) {
    return allocateCache(positions, RowFormat.F32, indexing);
  }

  /**
   * An empty cache that keeps its rows as asked.
   *
   * @param positions how many fit at least, of all its sequences together
   * @param format of every row
   * @return the cache, to be closed by the caller before the backend
   */
  public LatentCache allocateCache(int positions, RowFormat format) {
    return allocateCache(positions, format, CacheIndexing.none());
  }

  /**
   * An empty cache with what approximate choices of positions need.
   *
   * @param positions how many fit at least, of all its sequences together
   * @param format of every row
   * @param indexing of its blocks
   * @return the cache, to be closed by the caller before the backend
   */
  public LatentCache allocateCache(int positions, RowFormat format, CacheIndexing indexing) {
    return LatentCache.allocate(backend, config, drafts(), format, indexing, positions);
  }

  /** Adds token embeddings; negative ids add nothing. */
  void addEmbeddings(int[] ids, Tensor into) {
    main.addEmbeddings(embedding, ids, into);
  }

  /**
   * Runs all layers and the final norm over at most {@link #mostRows} rows: input embeddings, then
   * the hidden states after the final norm. The cache receives the rows' latents.
   */
  void forward(Tensor x, PassPlan plan, LatentCache cache, @Nullable LayerListener listener) {
    Activations a = scratch.rows(x.rows());
    boolean unsettled = false;
    for (int l = 0; l < layers.size(); l++) {
      layers.get(l).forward(main, side, x, plan, cache, a, unsettled);
      unsettled = listener == null;
      if (listener != null) {
        ScMoeLayer.settle(main, x, a);
        listener.onLayer(l, x, a.routings[l]);
      }
    }
    if (unsettled) {
      finalNorm.addAndApply(main, a.branch, a.shortcut, x, x);
    } else {
      finalNorm.apply(main, x, x);
    }
  }

  /** The picks of so many rows of all layers, one behind the other, after {@link #forward}. */
  void readPicks(int rows, int[] into) {
    scratch.routing.readIds(rows, into);
  }

  /** Counts them: three integers a row, see {@link Stream#countPicks}. */
  void countPicks(int rows, Integers into) {
    main.countPicks(scratch.routing, config.numLayers(), rows, config.nRoutedExperts(), into);
  }

  /**
   * Stored tensors that have no place in the network that the configuration describes. Those of
   * multi-token prediction are not counted.
   *
   * @return their names, sorted; usually none
   */
  public List<String> unusedTensors() {
    return unused;
  }

  /**
   * Whether {@link Draft} is understood.
   *
   * @return as asked for when the model was loaded
   */
  public boolean drafts() {
    return prediction != null;
  }

  /**
   * Looks one token further, by multi-token prediction: {@link #head} then gives the logits of the
   * token after the next one. Every row that {@link #forward} has computed needs this once, so that
   * the cache is complete for the rows after it.
   */
  void draft(Tensor x, int[] nextIds, PassPlan plan, LatentCache cache) {
    if (prediction == null) {
      throw new IllegalStateException("the model was loaded without multi-token prediction");
    }
    CacheBlock block = cache.block(2 * config.numLayers());
    prediction.forward(main, x, embedding, nextIds, plan, block, scratch.rows(x.rows()));
  }

  /**
   * Applies the text head to hidden states after {@link #forward} or {@link #draft}. What other
   * ranks than the first receive is of no use.
   */
  void head(Tensor hidden, Tensor logits) {
    int columns = vocabularyStarts[share.rank() + 1] - vocabularyStarts[share.rank()];
    Tensor own =
        share.size() == 1 ? logits : logits.columns(vocabularyStarts[share.rank()], columns);
    main.linear(head, null, hidden, own);
    if (share.size() > 1) {
      sums.gather(own, vocabularyStarts, logits);
    }
  }

  /** Frees the scratch; idempotent. */
  @Override
  public void close() {
    scratch.close();
    if (prediction != null) {
      prediction.close();
    }
  }
}
