package io.longcat4j.compute.cpu;

import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.WeightMemory;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import io.longcat4j.compute.IndexShape;
import io.longcat4j.compute.KeyIndex;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.StoredWeight;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Native kernels on a pool of threads. Weights stay where they are mapped; sums are in F32. Every
 * operation has the same bits whatever the number of threads and of rows beside a row, and is done
 * when it returns, but for experts, which run beside what another stream does. Streams of one
 * backend take turns otherwise.
 */
final class CpuBackend implements ComputeBackend {
  private final CpuContext context;
  private final String description;
  private final String arithmetic;
  private volatile @Nullable WeightPages weightPages;

  CpuBackend(
      ProductChoice products, Numerics numerics, int threads, boolean pinned, String library) {
    this(products.instructionSet(), products.describe(), numerics, threads, pinned, library);
  }

  /** With an instruction set that this processor supports, and what describes its products. */
  CpuBackend(
      InstructionSet instructionSet,
      String products,
      Numerics numerics,
      int threads,
      boolean pinned,
      String library) {
    this.context = new CpuContext(instructionSet, numerics, threads, pinned);
    this.arithmetic = "cpu with " + instructionSet + ", " + numerics;
    String pinning = pinned ? ", " + Pinning.describe(threads, context::cpuOf) : "";
    this.description =
        "cpu: %s, %s, %s, %s, native library %s"
            .formatted(
                instructionSet.describe(),
                title(numerics),
                products,
                describe(threads) + pinning,
                library);
  }

  private static String describe(int threads) {
    int processors = Runtime.getRuntime().availableProcessors();
    return "%d %s (%s)"
        .formatted(
            threads,
            threads == 1 ? "thread" : "threads",
            threads == processors
                ? "one for each available processor"
                : "as asked for; available processors: " + processors);
  }

  private static String title(Numerics numerics) {
    return switch (numerics) {
      case EXACT -> "exact numerics (F32 activations)";
      case BF16 -> "BF16 numerics (activations rounded to BF16)";
      case FP8 -> "FP8 numerics (activations rounded to E4M3 for FP8 weights, else to BF16)";
    };
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public String arithmetic() {
    return arithmetic;
  }

  @Override
  public Tensor allocate(int rows, int columns, RowFormat format) {
    ShapeRules.allocate(rows, columns);
    return CpuTensor.zeros(context, rows, columns, format);
  }

  @Override
  public Tensor over(ByteBuffer memory, int rows, int columns) {
    ShapeRules.over(memory, rows, columns);
    return CpuTensor.over(context, memory, rows, columns);
  }

  @Override
  public Weight load(ScaledTensor weight, int slices) {
    context.requireOpen();
    return CpuWeight.load(context, StoredWeight.of(weight, slices));
  }

  @Override
  public void settle(WeightMemory wanted, LoadingListener listener) {
    WeightPages settling = new WeightPages(context.weightBytes(), wanted, NativePages.INSTANCE);
    weightPages = settling;
    settling.settle(listener);
  }

  @Override
  public String describeWeights() {
    WeightPages known = weightPages;
    return known == null ? ComputeBackend.super.describeWeights() : known.describe();
  }

  @Override
  public ExpertGroup experts(List<Expert> experts, int slices) {
    return new CpuExperts(context, experts, slices);
  }

  @Override
  public Routing allocateRouting(int rows, int topK) {
    ExpertRules.allocateRouting(rows, topK);
    return new CpuRouting(context, rows, topK);
  }

  @Override
  public RowPlan allocatePlan(int pagePositions, int pages) {
    PlanRules.allocatePlan(pagePositions, pages);
    return new CpuPlan(context, pagePositions, pages);
  }

  @Override
  public Optional<String> refusal(AttentionPolicy policy) {
    return Optional.empty();
  }

  @Override
  public KeyIndex allocateIndex(IndexShape shape) {
    return new CpuIndex(context, shape);
  }

  @Override
  public Readout allocateReadout(int rows, int columns) {
    ShapeRules.allocate(rows, columns);
    context.requireOpen();
    return new CpuReadout(context, rows, columns);
  }

  @Override
  public Stream openStream() {
    context.requireOpen();
    return new CpuStream(context);
  }

  @Override
  public void close() {
    WeightPages known = weightPages;
    if (known != null) {
      known.close();
    }
    context.close();
  }
}
