package io.longcat4j.benchmarks.jmh;

import io.longcat4j.benchmarks.WeightFormat;
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

/** Products with a dense, an expert's and a low-rank matrix. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LinearBenchmark {
  @Param({"BF16", "FP8"})
  WeightFormat format;

  @Param({"mlps.0.up_proj", "mlp.experts.0.up_proj", "self_attn.0.q_a_proj"})
  String matrix;

  @Param({"1", "8", "128"})
  int rows;

  private Operands operands;
  private Weight weight;
  private Tensor x;
  private Tensor into;

  @Setup
  public void open() {
    operands = new Operands(format);
    weight = operands.weight(matrix + ".weight");
    x = operands.random(rows, weight.columns());
    into = operands.backend().allocate(rows, weight.rows());
  }

  @Benchmark
  public void linear() {
    operands.stream().linear(weight, null, x, into);
    operands.stream().synchronise();
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
