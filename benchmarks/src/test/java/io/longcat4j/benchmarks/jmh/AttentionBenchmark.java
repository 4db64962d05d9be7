package io.longcat4j.benchmarks.jmh;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.benchmarks.WeightFormat;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** One token's attention over a cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionBenchmark {
  private static final HeadLayout LAYOUT = new HeadLayout(64, 128, 64, 512, 128, 0.07f);

  @Param({"1", "1024", "8192"})
  int context;

  private Operands operands;
  private Weight keyValueUp;
  private Tensor queries;
  private Tensor cache;
  private Tensor into;
  private RowPlan plan;

  @Setup
  public void open() {
    operands = new Operands(WeightFormat.BF16);
    keyValueUp = operands.weight("self_attn.0.kv_b_proj.weight");
    queries = operands.random(1, LAYOUT.queryColumns());
    cache = operands.random(context, LAYOUT.cacheColumns());
    into = operands.backend().allocate(1, LAYOUT.heads() * LAYOUT.value());
    PageTable pages = PageTable.of(IntStream.range(0, context).toArray());
    plan = operands.backend().allocatePlan(1, context);
    operands.stream()
        .plan(List.of(new Span(0, 1, context - 1, pages, AttentionPolicy.dense())), plan);
  }

  @Benchmark
  public void attention() {
    operands.stream().latentAttention(queries, keyValueUp, LAYOUT, cache, plan, into);
    operands.stream().synchronise();
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
