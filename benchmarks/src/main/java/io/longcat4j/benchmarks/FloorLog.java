package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The floors of one run, measured beside every figure: the speed of a machine that is shared with
 * others changes from one moment to the next. Not thread-safe; owns the probe.
 */
public final class FloorLog implements AutoCloseable {
  private static final int SAMPLES = 50;

  private final FloorProbe probe;
  private final List<Floors> samples = new ArrayList<>();

  FloorLog(FloorProbe probe) {
    this.probe = probe;
  }

  /**
   * Begins a run.
   *
   * @param threads at least 1
   * @return a log without samples, to be closed
   * @throws io.longcat4j.BackendException if this build has no native code, or there is no memory
   */
  public static FloorLog open(int threads) {
    return open(threads, FloorMeter::open);
  }

  static FloorLog open(int threads, IntFunction<FloorProbe> probes) {
    return new FloorLog(probes.apply(threads));
  }

  /**
   * The machine alone, for about a second.
   *
   * @param threads at least 1
   * @return median and best of some samples
   * @throws io.longcat4j.BackendException if this build has no native code, or there is no memory
   */
  public static BenchReport measure(int threads) {
    try (FloorLog log = open(threads)) {
      for (int i = 0; i < SAMPLES; i++) {
        log.sample();
      }
      return new BenchReport(
          Optional.of(log.summary()), List.of(), JsonNodeFactory.instance.objectNode());
    }
  }

  /** Measures now. */
  Floors sample() {
    Floors sample = probe.sample();
    samples.add(sample);
    return sample;
  }

  /** Of all samples so far; one is taken where there is none. */
  Summary summary() {
    if (samples.isEmpty()) {
      sample();
    }
    return new Summary(Floors.median(samples), Floors.best(samples), samples.size());
  }

  /** Frees what the probe holds; the samples stay. */
  @Override
  public void close() {
    probe.close();
  }

  /**
   * The floors of a run in short.
   *
   * @param median of all samples
   * @param best of all samples
   * @param count of samples
   */
  record Summary(Floors median, Floors best, int count) {
    ResultTable table() {
      return new ResultTable("floor", "median of " + count, "best")
          .row(
              "streaming read",
              Figures.fixed(median.readBytesPerSecond() / 1e9, 1) + " GB/s",
              Figures.fixed(best.readBytesPerSecond() / 1e9, 1) + " GB/s")
          .row(
              "BF16 dot products",
              gigaflops(median.bf16FlopsPerSecond()),
              gigaflops(best.bf16FlopsPerSecond()))
          .row(
              "F32 multiply-adds",
              gigaflops(median.f32FlopsPerSecond()),
              gigaflops(best.f32FlopsPerSecond()));
    }

    private static String gigaflops(double perSecond) {
      return perSecond == 0 ? "no instruction" : Figures.fixed(perSecond / 1e9, 0) + " GFLOP/s";
    }

    ObjectNode json() {
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("threads", median.threads())
              .put("samples", count);
      json.set("median", median.json());
      json.set("best", best.json());
      return json;
    }
  }
}
