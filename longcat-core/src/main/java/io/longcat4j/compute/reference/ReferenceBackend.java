package io.longcat4j.compute.reference;

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

/**
 * Plain Java on the calling thread: every operation is done when it returns. Sums are in F64,
 * results in F32.
 */
final class ReferenceBackend implements ComputeBackend {
  private final Lifetime lifetime = new Lifetime("reference backend", null);

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String describe() {
    return "reference: plain Java, 1 thread, sums in F64";
  }

  @Override
  public Tensor allocate(int rows, int columns, RowFormat format) {
    lifetime.requireAlive();
    ShapeRules.allocate(rows, columns);
    return ReferenceTensor.zeros(rows, columns, format, lifetime);
  }

  @Override
  public Tensor over(ByteBuffer memory, int rows, int columns) {
    lifetime.requireAlive();
    ShapeRules.over(memory, rows, columns);
    return ReferenceTensor.over(memory, rows, columns, lifetime);
  }

  @Override
  public Weight load(ScaledTensor weight, int slices) {
    lifetime.requireAlive();
    return new ReferenceWeight(StoredWeight.of(weight, slices), lifetime);
  }

  @Override
  public ExpertGroup experts(List<Expert> experts, int slices) {
    lifetime.requireAlive();
    for (Expert expert : experts) {
      ExpertRules.expert(expert, experts.get(0));
    }
    ExpertRules.expertSlices(experts, slices);
    return new ReferenceExperts(
        experts.stream()
            .map(
                expert ->
                    new ReferenceExperts.Network(
                        ReferenceWeight.of(expert.gate(), lifetime),
                        ReferenceWeight.of(expert.up(), lifetime),
                        ReferenceWeight.of(expert.down(), lifetime)))
            .toList(),
        slices,
        lifetime);
  }

  @Override
  public Routing allocateRouting(int rows, int topK) {
    lifetime.requireAlive();
    ExpertRules.allocateRouting(rows, topK);
    return new ReferenceRouting(rows, topK, lifetime);
  }

  @Override
  public RowPlan allocatePlan(int pagePositions, int pages) {
    lifetime.requireAlive();
    PlanRules.allocatePlan(pagePositions, pages);
    return new ReferencePlan(pagePositions, pages, lifetime);
  }

  @Override
  public Optional<String> refusal(AttentionPolicy policy) {
    return Optional.empty();
  }

  @Override
  public KeyIndex allocateIndex(IndexShape shape) {
    lifetime.requireAlive();
    return new ReferenceIndex(shape, lifetime);
  }

  @Override
  public Readout allocateReadout(int rows, int columns) {
    lifetime.requireAlive();
    ShapeRules.allocate(rows, columns);
    return new ReferenceReadout(rows, columns, lifetime);
  }

  @Override
  public Stream openStream() {
    lifetime.requireAlive();
    return new ReferenceStream(lifetime);
  }

  @Override
  public void close() {
    lifetime.end();
  }
}
