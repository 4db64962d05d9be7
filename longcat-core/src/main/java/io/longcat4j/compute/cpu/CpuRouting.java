package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Routing;
import java.util.Objects;

/** Picks in native memory: all ids, then all weights. */
final class CpuRouting implements Routing {
  private final CpuContext context;
  private final CpuMemory memory;
  private final int capacity;
  private final int topK;
  private volatile int rows;

  CpuRouting(CpuContext context, int capacity, int topK) {
    this.context = context;
    this.capacity = capacity;
    this.topK = topK;
    this.memory =
        context.allocate(
            "routing of " + capacity + " rows", 2 * Integer.BYTES * (long) capacity * topK);
  }

  /** The picks, if this backend made them. */
  static CpuRouting of(Routing routing, CpuContext context) {
    if (!(routing instanceof CpuRouting known) || known.context != context) {
      throw new IllegalArgumentException("the routing was made by another backend");
    }
    return known;
  }

  int capacity() {
    return capacity;
  }

  int rows() {
    return rows;
  }

  void filled(int newRows) {
    rows = newRows;
  }

  /** Where the ids are; inside an operation only. */
  long idsAddress() {
    return memory.address();
  }

  /** Where the weights are; inside an operation only. */
  long weightsAddress() {
    return memory.address() + (long) capacity * topK * Integer.BYTES;
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public void readIds(int count, int[] into) {
    int picks = checked(count) * topK;
    Objects.checkFromIndexSize(0, /* size= */ picks, /* length= */ into.length);
    try (CpuContext.Turn turn = context.begin("ids")) {
      turn.end(CpuKernels.readInts(into, into.length, idsAddress(), picks));
    }
  }

  @Override
  public float[] weights(int count) {
    float[] weights = new float[checked(count) * topK];
    try (CpuContext.Turn turn = context.begin("weights")) {
      turn.end(CpuKernels.read(weights, weights.length, 0, weightsAddress(), count, topK, topK));
    }
    return weights;
  }

  private int checked(int count) {
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ rows);
    return count;
  }

  @Override
  public void close() {
    memory.close();
  }
}
