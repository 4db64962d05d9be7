package io.longcat4j.model;

import io.longcat4j.LoadingListener;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.CountedTensors;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.parallel.Ranks;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One rank's part of a checkpoint's language model on a backend of its own. On rank 0 a {@link
 * ModelRunner} gives commands, the others {@link #follow}. Driven by the thread of its rank. Owns
 * all of it, the backend included, not the ranks.
 */
public final class ModelPart implements Follower {
  private final Ranks ranks;
  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private @Nullable LatentCache cache;
  private @Nullable ModelRunner runner;

  private ModelPart(Ranks ranks, LanguageModel model, @Nullable SpeechHeads heads) {
    this.ranks = ranks;
    this.model = model;
    this.heads = heads;
  }

  /**
   * Takes in a rank's part of the weights.
   *
   * @param checkpoint holds them
   * @param backend where to compute; this part's from now on
   * @param sharing which part
   * @param listener hears of every tensor; may abort
   * @param warnings hears of what is stored and not used
   * @return the part, to be closed by the caller
   * @throws io.longcat4j.CheckpointException if a tensor is missing or has another shape
   * @throws io.longcat4j.InvalidRequestException if the sizes cannot be shared by so many ranks
   */
  public static ModelPart load(
      Checkpoint checkpoint,
      ComputeBackend backend,
      Sharing sharing,
      LoadingListener listener,
      Consumer<String> warnings) {
    try {
      LanguageModel model =
          LanguageModel.load(checkpoint.model(), checkpoint.weights(), backend, sharing, listener);
      CountedTensors.warn(checkpoint.weights().describe(), model.unusedTensors(), warnings);
      SpeechHeads heads =
          checkpoint.hasSpeechHeads() ? speechHeads(checkpoint, model, warnings) : null;
      return new ModelPart(sharing.ranks(), model, heads);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  private static SpeechHeads speechHeads(
      Checkpoint checkpoint, LanguageModel model, Consumer<String> warnings) {
    CountedTensors layers = new CountedTensors(checkpoint.audioOutputLayers());
    CountedTensors embeddings = new CountedTensors(checkpoint.audioEmbeddings());
    SpeechHeads loaded = new SpeechHeads(model, layers, embeddings);
    if (model.isOnFirstRank()) {
      layers.warnOfUnused(warnings);
    }
    embeddings.warnOfUnused(warnings);
    return loaded;
  }

  /**
   * The model.
   *
   * @return owned by this part
   */
  public LanguageModel model() {
    return model;
  }

  /**
   * What speaks.
   *
   * @return null for text alone
   */
  public @Nullable SpeechHeads heads() {
    return heads;
  }

  @Override
  public void follow() {
    Optional<byte[]> order = ranks.nextOrder();
    while (order.isPresent()) {
      obey(order.get());
      order = ranks.nextOrder();
    }
  }

  private void obey(byte[] order) {
    if (CacheShape.isIn(order)) {
      closeRunner();
      CacheShape shape = CacheShape.read(order);
      shape.requireSame(model.backend().arithmetic(), ranks.rank());
      int positions = Math.multiplyExact(shape.pages(), PagedCache.PAGE_POSITIONS);
      LatentCache allocated = model.allocateCache(positions, shape.format(), shape.indexing());
      cache = allocated;
      runner = new ModelRunner(model, heads, allocated, shape.headRows());
      return;
    }
    if (runner == null) {
      throw new IllegalStateException(
          "rank 0 gave a command before it told how large the cache is");
    }
    runner.run(Command.read(order));
  }

  private void closeRunner() {
    if (runner != null) {
      runner.close();
      runner = null;
    }
    if (cache != null) {
      cache.close();
      cache = null;
    }
  }

  @Override
  public void close() {
    closeRunner();
    model.close();
    model.backend().close();
  }
}
