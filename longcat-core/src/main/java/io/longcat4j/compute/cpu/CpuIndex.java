package io.longcat4j.compute.cpu;

import io.longcat4j.compute.IndexShape;
import io.longcat4j.compute.KeyIndex;

/** Rows of integers with their scales in native memory. */
final class CpuIndex implements KeyIndex {
  private final CpuContext context;
  private final IndexShape shape;
  private final CpuMemory memory;

  CpuIndex(CpuContext context, IndexShape shape) {
    this.context = context;
    this.shape = shape;
    this.memory =
        context.allocate("key index of " + shape.rows() + " rows", Math.max(1, bytes(shape)));
  }

  private static long bytes(IndexShape shape) {
    return shape.rows() * shape.rowBytes();
  }

  /** The index, if this backend made it. */
  static CpuIndex of(KeyIndex index, CpuContext context) {
    if (!(index instanceof CpuIndex known) || known.context != context) {
      throw new IllegalArgumentException("the key index was made by another backend");
    }
    return known;
  }

  /** Where the rows of a page are; inside an operation only. */
  long address(int page) {
    return memory.address() + page * shape.pageBytes();
  }

  long bytes() {
    return bytes(shape);
  }

  @Override
  public IndexShape shape() {
    return shape;
  }

  @Override
  public void close() {
    memory.close();
  }
}
