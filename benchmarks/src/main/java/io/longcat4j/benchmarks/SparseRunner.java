package io.longcat4j.benchmarks;

import io.longcat4j.LoadingListener;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.CacheBlock;
import io.longcat4j.model.CacheIndexing;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Sharing;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Decodes tokens at the end of contexts of random latents, by a policy or in full. Not thread-safe;
 * owns model and cache, not the backend.
 */
final class SparseRunner implements AutoCloseable {
  private static final int FILL_ROWS = 1024;

  private final LanguageModel model;
  private final LatentCache latents;
  private final ModelRunner runner;
  private final AttentionPolicy policy;
  private final PageTable pages;
  private final SplittableRandom random = new SplittableRandom(7);

  SparseRunner(
      Checkpoint checkpoint,
      ComputeBackend backend,
      int positions,
      RowFormat format,
      AttentionPolicy policy) {
    this.policy = policy;
    this.model =
        LanguageModel.load(
            checkpoint.model(),
            checkpoint.weights(),
            backend,
            Sharing.none(),
            LoadingListener.silent());
    this.latents = model.allocateCache(positions, format, CacheIndexing.of(policy));
    this.runner = new ModelRunner(model, null, latents, 1);
    this.pages = PageTable.of(IntStream.range(0, latents.pages()).toArray());
    for (int block = 0; block < blocks(); block++) {
      fill(backend, latents.block(block));
    }
  }

  int blocks() {
    return 2 * model.config().numLayers();
  }

  /** Every position differs, or equal scores would hide what is chosen. */
  private void fill(ComputeBackend backend, CacheBlock block) {
    Tensor rows = block.rows();
    int slots = rows.rows();
    float[] values = new float[FILL_ROWS * rows.columns()];
    try (Tensor near = backend.allocate(FILL_ROWS, rows.columns());
        RowPlan plan = backend.allocatePlan(PagedCache.PAGE_POSITIONS, latents.pages())) {
      for (int from = 0; from < slots; from += FILL_ROWS) {
        int count = Math.min(FILL_ROWS, slots - from);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(-1, 1);
        }
        model.stream().write(values, 0, near);
        Span span = new Span(0, count, from, pages, AttentionPolicy.dense());
        model.stream().plan(List.of(span), plan);
        model.stream().scatter(near.rows(0, count), plan, rows);
        if (block.index() != null) {
          model.stream().index(rows, plan, block.index());
        }
      }
    }
  }

  /** Seconds of a token at the end of a context. */
  double decode(int context, boolean dense) {
    int[] ids = {random.nextInt(model.config().vocabSize())};
    AttentionPolicy as = dense ? AttentionPolicy.dense() : policy;
    Span span = new Span(0, 1, context - 1, pages, as);
    Pass pass =
        new Pass(List.of(), ids, Pass.SILENT, List.of(), List.of(span), Pass.NO_ROWS, Pass.NO_ROWS);
    long start = System.nanoTime();
    runner.run(pass);
    runner.synchronise();
    return (System.nanoTime() - start) / 1e9;
  }

  /** Means over blocks and heads of a token's precision, mass and entropy. */
  double[] measure(int context) {
    runner.measureNext();
    decode(context, false);
    double[] sums = new double[3];
    int samples = 0;
    for (int block = 0; block < blocks(); block++) {
      float[] heads = Objects.requireNonNull(runner.attentionFigures(block, 0));
      for (int i = 0; i < heads.length; i++) {
        sums[i % 3] += heads[i];
        samples++;
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] *= 3.0 / samples;
    }
    return sums;
  }

  @Override
  public void close() {
    runner.close();
    latents.close();
    model.close();
  }
}
