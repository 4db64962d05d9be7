package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import java.util.List;

/** Addresses of the weights of experts, in native memory. */
final class CpuExperts implements ExpertGroup {
  private final CpuContext context;
  private final List<Expert> experts;
  private final int slices;
  private final CpuMemory addresses;

  CpuExperts(CpuContext context, List<Expert> experts, int slices) {
    this.context = context;
    this.experts = List.copyOf(experts);
    this.slices = slices;
    long[] values = new long[3 * experts.size()];
    for (int i = 0; i < experts.size(); i++) {
      Expert expert = experts.get(i);
      ExpertRules.expert(expert, experts.get(0));
      values[3 * i] = CpuWeight.of(expert.gate(), context).address();
      values[3 * i + 1] = CpuWeight.of(expert.up(), context).address();
      values[3 * i + 2] = CpuWeight.of(expert.down(), context).address();
    }
    ExpertRules.expertSlices(experts, slices);
    long bytes = (long) values.length * Long.BYTES;
    this.addresses = context.allocate("group of " + experts.size() + " experts", bytes);
    try (CpuContext.Turn turn = context.begin("experts")) {
      turn.end(CpuKernels.putLongs(values, values.length, addresses.address(), 0, bytes));
    }
  }

  /** The group, if this backend made it. */
  static CpuExperts of(ExpertGroup group, CpuContext context) {
    if (!(group instanceof CpuExperts known) || known.context != context) {
      throw new IllegalArgumentException("the experts were grouped by another backend");
    }
    return known;
  }

  Expert first() {
    return experts.get(0);
  }

  /** Where the addresses are; inside an operation only. */
  long address() {
    return addresses.address();
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
