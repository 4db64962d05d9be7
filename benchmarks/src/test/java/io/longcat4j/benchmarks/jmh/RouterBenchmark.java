package io.longcat4j.benchmarks.jmh;

import io.longcat4j.benchmarks.WeightFormat;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Scores and picks of a router. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouterBenchmark {
  private static final RouterRule RULE = new RouterRule(12, 6f, false);

  @Param({"1", "128"})
  int rows;

  private Operands operands;
  private Weight classifier;
  private Weight correction;
  private Tensor x;
  private Routing routing;

  @Setup
  public void open() {
    operands = new Operands(WeightFormat.BF16);
    classifier = operands.weight("mlp.router.classifier.weight");
    correction = operands.weight("mlp.router.e_score_correction_bias");
    x = operands.random(rows, classifier.columns());
    routing = operands.backend().allocateRouting(rows, RULE.topK());
  }

  @Benchmark
  public void route() {
    operands.stream().route(x, classifier, null, correction, RULE, routing);
    operands.stream().synchronise();
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
