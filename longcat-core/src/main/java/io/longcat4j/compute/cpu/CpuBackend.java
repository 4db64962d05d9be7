package io.longcat4j.compute.cpu;

import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.StoredWeight;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.List;

/**
 * Native kernels on a pool of threads. Weights stay where they are mapped; sums are in F32. Every
 * operation is done when it returns and has the same bits whatever the number of threads and of
 * rows beside a row. Streams of one backend take turns.
 */
final class CpuBackend implements ComputeBackend {
  private final CpuContext context;
  private final String description;

  CpuBackend(InstructionSet instructionSet, Numerics numerics, int threads, String library) {
    this.context = new CpuContext(instructionSet, numerics, threads);
    this.description =
        "cpu: %s, %s, %d %s, native library %s"
            .formatted(
                instructionSet.title(),
                title(numerics),
                threads,
                threads == 1 ? "thread" : "threads",
                library);
  }

  private static String title(Numerics numerics) {
    return switch (numerics) {
      case EXACT -> "exact numerics (F32 activations)";
      case BF16 -> "BF16 numerics (activations rounded to BF16)";
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
  public Tensor allocate(int rows, int columns) {
    ShapeRules.allocate(rows, columns);
    return CpuTensor.zeros(context, rows, columns);
  }

  @Override
  public Weight load(ScaledTensor weight) {
    context.requireOpen();
    return CpuWeight.load(context, StoredWeight.of(weight));
  }

  @Override
  public ExpertGroup experts(List<Expert> experts) {
    return new CpuExperts(context, experts);
  }

  @Override
  public Routing allocateRouting(int rows, int topK) {
    ShapeRules.allocateRouting(rows, topK);
    return new CpuRouting(context, rows, topK);
  }

  @Override
  public Stream openStream() {
    context.requireOpen();
    return new CpuStream(context);
  }

  @Override
  public void close() {
    context.close();
  }
}
