package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Routing;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Picks in native memory: all ids, then all weights. */
final class CpuRouting implements Routing {
  private final CpuContext context;
  private final CpuMemory memory;
  private final @Nullable CpuRouting whole;
  private final int first;
  private final int capacity;

  /** Rows of the memory, between the ids and the weights. */
  private final int rowsInMemory;

  private final int topK;
  private volatile int rows;

  CpuRouting(CpuContext context, int capacity, int topK) {
    this.context = context;
    this.whole = null;
    this.first = 0;
    this.capacity = capacity;
    this.rowsInMemory = capacity;
    this.topK = topK;
    this.memory =
        context.allocate(
            "routing of " + capacity + " rows", 2 * Integer.BYTES * (long) capacity * topK);
  }

  private CpuRouting(CpuRouting of, int from, int count) {
    this.context = of.context;
    this.memory = of.memory;
    this.whole = of;
    this.first = of.first + from;
    this.capacity = count;
    this.rowsInMemory = of.rowsInMemory;
    this.topK = of.topK;
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
    if (whole != null) {
      whole.filled(first - whole.first + newRows);
    }
  }

  /** Where the ids are; inside an operation only. */
  long idsAddress() {
    return memory.address() + (long) first * topK * Integer.BYTES;
  }

  /** Where the weights are; inside an operation only. */
  long weightsAddress() {
    return memory.address() + ((long) rowsInMemory + first) * topK * Integer.BYTES;
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public Routing rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ capacity);
    return new CpuRouting(this, from, count);
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

  @Override
  public void fill(int count, int[] from, float[] weights) {
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ capacity);
    int picks = count * topK;
    Objects.checkFromIndexSize(0, /* size= */ picks, /* length= */ from.length);
    try (CpuContext.Turn turn = context.begin("fill")) {
      turn.end(
          CpuKernels.putInts(from, picks, idsAddress(), 0, (long) Integer.BYTES * capacity * topK));
      turn.end(CpuKernels.write(weights, weights.length, 0, weightsAddress(), count, topK, topK));
      filled(count);
    }
  }

  private int checked(int count) {
    Objects.checkFromIndexSize(0, /* size= */ count, /* length= */ rows);
    return count;
  }

  @Override
  public void close() {
    if (whole == null) {
      memory.close();
    }
  }
}
