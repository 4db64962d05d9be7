package io.longcat4j.benchmarks;

import com.sun.management.ThreadMXBean;
import io.longcat4j.LoadingListener;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Sharing;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs forward passes of a language model over tokens drawn at random. Not thread-safe; owns model
 * and cache, not the backend.
 */
final class LayerRunner implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;
  private static final int SLICE_BYTES = 64 << 20;
  private static final int FILL_ROWS = 256;

  private final LanguageModel model;
  private final LatentCache latents;
  private final ModelRunner runner;
  private final PagedCache cache;
  private final SequenceCache sequence;
  private final SplittableRandom random = new SplittableRandom(1);
  private long realPicks;
  private long tokens;

  LayerRunner(Checkpoint checkpoint, ComputeBackend backend, int positions) {
    this.model =
        LanguageModel.load(
            checkpoint.model(),
            checkpoint.weights(),
            backend,
            Sharing.none(),
            LoadingListener.silent());
    this.latents = model.allocateCache(positions);
    this.runner = new ModelRunner(model, null, latents, 1);
    this.cache = latents.openAccounts();
    this.sequence = cache.open(positions);
    for (int block = 0; block < 2 * checkpoint.model().numLayers(); block++) {
      fill(latents.block(block).rows());
    }
  }

  /** Fetches every page from disk, so that no measurement waits for it. */
  static void touch(Checkpoint checkpoint) {
    long sum = 0;
    for (String name : checkpoint.weights().names()) {
      StoredTensor tensor = checkpoint.weights().require(name);
      for (long from = 0; from < tensor.byteSize(); from += SLICE_BYTES) {
        var bytes = tensor.bytes(from, (int) Math.min(SLICE_BYTES, tensor.byteSize() - from));
        for (int at = 0; at < bytes.limit(); at += PAGE_BYTES) {
          sum += bytes.get(at);
        }
      }
    }
    if (sum == Long.MIN_VALUE) {
      throw new IllegalStateException("no sum of bytes is that small");
    }
  }

  /** Untouched memory would be one page of zeros, which no cache ever misses. */
  private void fill(Tensor block) {
    float[] values = new float[FILL_ROWS * block.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    for (int row = 0; row < block.rows(); row += FILL_ROWS) {
      model.stream().write(values, 0, block.rows(row, Math.min(FILL_ROWS, block.rows() - row)));
    }
  }

  /** Stands around each decoded token. */
  interface TokenListener {
    /** Called before the token's time begins. */
    void before();

    /** Called after it ended. */
    void after(double seconds, double realExperts);
  }

  /** Decodes `count` single tokens at the end of a context. */
  void decode(int context, int count, TokenListener listener) {
    for (int i = 0; i < count; i++) {
      resetExperts();
      listener.before();
      double seconds = forward(1, context - 1);
      listener.after(seconds, realExperts());
    }
  }

  /** Seconds of each of `count` single tokens at the end of a context. */
  Sample decode(int context, int count) {
    List<Double> all = new ArrayList<>();
    decode(
        context,
        count,
        new TokenListener() {
          @Override
          public void before() {}

          @Override
          public void after(double seconds, double realExperts) {
            all.add(seconds);
          }
        });
    return new Sample(all.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Seconds of one prompt from position 0, fed in pieces as the engine does. */
  double prefill(int rows) {
    double seconds = 0;
    for (int from = 0; from < rows; from += LanguageModel.MAX_ROWS) {
      int count = Math.min(LanguageModel.MAX_ROWS, rows - from);
      seconds += forward(count, from);
    }
    return seconds;
  }

  private double forward(int rows, int position) {
    Pass pass = pass(rows, position);
    long start = System.nanoTime();
    runner.run(pass);
    runner.synchronise();
    double seconds = (System.nanoTime() - start) / 1e9;
    count(runner.picks(), rows * runner.layers() * runner.picksPerRow());
    return seconds;
  }

  /** Rows of any tokens whose logits nobody asks for. */
  private Pass pass(int rows, int position) {
    int[] ids = random.ints(rows, 0, model.config().vocabSize()).toArray();
    return Pass.ofTokens(ids, position, sequence.table());
  }

  /**
   * Heap bytes that a decoded token allocates on this thread; the pass alone, nothing around it.
   */
  double heapBytesPerToken(int context, int count) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Pass pass = pass(1, context - 1);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < count; i++) {
      runner.run(pass);
    }
    return (double) (threads.getCurrentThreadAllocatedBytes() - before) / count;
  }

  /** The head's numbers after one token at position 0. */
  float[] logits(int id) {
    float[] values = new float[model.config().vocabSize()];
    runner.run(Pass.ofTokens(new int[] {id}, 0, sequence.table(), 0));
    runner.textLogits(0, values);
    return values;
  }

  private void count(int[] picks, int count) {
    for (int i = 0; i < count; i++) {
      realPicks += picks[i] < model.config().nRoutedExperts() ? 1 : 0;
    }
    tokens += count / model.config().moeTopk();
  }

  void resetExperts() {
    realPicks = 0;
    tokens = 0;
  }

  /** Experts that computed for a token and layer since the last reset, on average. */
  double realExperts() {
    return tokens == 0 ? 0 : (double) realPicks / tokens;
  }

  @Override
  public void close() {
    sequence.close();
    cache.close();
    runner.close();
    latents.close();
    model.close();
  }
}
