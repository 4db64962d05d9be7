package io.longcat4j.cuda;

import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import java.util.List;

/** Where the weights of experts are, known to the device. */
final class CudaExperts implements ExpertGroup {
  private final CudaContext context;
  private final List<Expert> experts;
  private final int slices;
  private final long handle;

  CudaExperts(CudaContext context, List<Expert> experts, int slices) {
    this.context = context;
    this.experts = List.copyOf(experts);
    this.slices = slices;
    long[] weights = new long[3 * experts.size()];
    for (int i = 0; i < experts.size(); i++) {
      Expert expert = experts.get(i);
      ExpertRules.expert(expert, experts.get(0));
      weights[3 * i] = CudaWeight.of(expert.gate(), context).handle();
      weights[3 * i + 1] = CudaWeight.of(expert.up(), context).handle();
      weights[3 * i + 2] = CudaWeight.of(expert.down(), context).handle();
    }
    ExpertRules.expertSlices(experts, slices);
    try (CudaContext.Turn turn = context.begin("experts")) {
      this.handle =
          turn.made(CudaCalls.expertsOpen(turn.backend(), weights, experts.size(), slices));
    }
  }

  /** The group, if this backend made it. */
  static CudaExperts of(ExpertGroup group, CudaContext context) {
    if (!(group instanceof CudaExperts known) || known.context != context) {
      throw new IllegalArgumentException("the experts were grouped by another backend");
    }
    return known;
  }

  Expert first() {
    return experts.get(0);
  }

  /** Alive as long as the backend. */
  long handle() {
    return handle;
  }

  @Override
  public int size() {
    return experts.size();
  }

  @Override
  public int slices() {
    return slices;
  }
}
