package io.longcat4j.benchmarks;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Passes over sequences of one length. Not thread-safe; owns its cache, not the model. */
final class DevicePasses implements AutoCloseable {
  /**
   * Passes that were measured.
   *
   * @param rows of a pass, or positions of a prompt
   * @param context positions of each sequence
   * @param seconds of each pass or prompt
   * @param launched of passes whose operations were launched one by one; null of prompts
   * @param realExperts that computed for a row and layer, on average
   * @param distinctExperts that computed for any row of a layer, on average
   */
  record Measured(
      int rows,
      int context,
      Sample seconds,
      @Nullable Sample launched,
      double realExperts,
      double distinctExperts) {}

  private final LanguageModel model;
  private final LatentCache latents;
  private final ModelRunner runner;
  private final PagedCache accounts;
  private final List<SequenceCache> sequences = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private final int context;
  private long picks;
  private long distinct;
  private long rows;
  private long layers;

  DevicePasses(LanguageModel model, RowFormat format, int sequences, int context) {
    this.model = model;
    this.context = context;
    int positions = PagedCache.pagesFor(context) * PagedCache.PAGE_POSITIONS;
    this.latents = model.allocateCache(Math.multiplyExact(sequences, positions), format);
    this.runner = new ModelRunner(model, null, latents, 1);
    this.accounts = latents.openAccounts();
    for (int i = 0; i < sequences; i++) {
      this.sequences.add(accounts.open(context));
    }
  }

  /** A row at the end of each sequence, as the engine runs it, and in turn launch by launch. */
  Measured decode(int warmUp, int repetitions) {
    double[] seconds = new double[repetitions];
    double[] launched = new double[repetitions];
    for (int i = -warmUp; i < repetitions; i++) {
      double asOne = run(pass(), null);
      double oneByOne = run(pass(), (layer, output, routing) -> {});
      if (i >= 0) {
        seconds[i] = asOne;
        launched[i] = oneByOne;
      }
    }
    return measured(sequences.size(), seconds, new Sample(launched));
  }

  /** The whole first sequence, in pieces as the engine feeds it. */
  Measured prefill(int warmUp, int repetitions) {
    double[] seconds = new double[repetitions];
    for (int i = -warmUp; i < repetitions; i++) {
      double taken = 0;
      for (int from = 0; from < context; from += LanguageModel.MAX_ROWS) {
        int count = Math.min(LanguageModel.MAX_ROWS, context - from);
        taken += run(Pass.ofTokens(ids(count), from, sequences.get(0).table()), null);
      }
      if (i >= 0) {
        seconds[i] = taken;
      }
    }
    return measured(context, seconds, null);
  }

  private Measured measured(int count, double[] seconds, @Nullable Sample launched) {
    return new Measured(
        count,
        context,
        new Sample(seconds),
        launched,
        (double) picks / rows,
        layers == 0 ? 0 : (double) distinct / layers);
  }

  private Pass pass() {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      spans.add(new Span(i, 1, context - 1, sequences.get(i).table(), AttentionPolicy.dense()));
    }
    return new Pass(
        List.of(),
        ids(sequences.size()),
        Pass.SILENT,
        List.of(),
        spans,
        Pass.NO_ROWS,
        Pass.NO_ROWS);
  }

  private int[] ids(int count) {
    return random.ints(count, 0, model.config().vocabSize()).toArray();
  }

  private double run(Pass pass, LanguageModel.@Nullable LayerListener listener) {
    long start = System.nanoTime();
    runner.run(pass, listener);
    runner.synchronise();
    double seconds = (System.nanoTime() - start) / 1e9;
    count(runner.picks(), pass.rows());
    return seconds;
  }

  private void count(int[] picked, int passRows) {
    int each = passRows * runner.picksPerRow();
    for (int layer = 0; layer < runner.layers(); layer++) {
      Set<Integer> real = new HashSet<>();
      for (int i = layer * each; i < (layer + 1) * each; i++) {
        if (picked[i] < runner.realExperts()) {
          real.add(picked[i]);
          picks++;
        }
      }
      distinct += real.size();
      layers++;
      rows += passRows;
    }
  }

  @Override
  public void close() {
    sequences.forEach(SequenceCache::close);
    accounts.close();
    runner.close();
    latents.close();
  }
}
