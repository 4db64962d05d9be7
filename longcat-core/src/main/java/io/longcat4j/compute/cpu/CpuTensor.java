package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Tensor;
import java.util.Objects;

/** A window on native memory; holds its owner. */
final class CpuTensor implements Tensor {
  private final CpuContext context;
  private final CpuMemory memory;
  private final boolean window;
  private final long first;
  private final int rows;
  private final int columns;
  private final int stride;

  private CpuTensor(
      CpuContext context,
      CpuMemory memory,
      boolean window,
      long first,
      int rows,
      int columns,
      int stride) {
    this.context = context;
    this.memory = memory;
    this.window = window;
    this.first = first;
    this.rows = rows;
    this.columns = columns;
    this.stride = stride;
  }

  static CpuTensor zeros(CpuContext context, int rows, int columns) {
    long elements = (long) rows * columns;
    // More than an address can tell is asked for all the same, and refused.
    long bytes = elements > Long.MAX_VALUE / Float.BYTES ? Long.MAX_VALUE : elements * Float.BYTES;
    CpuMemory memory = context.allocate("tensor [" + rows + ", " + columns + "]", bytes);
    return new CpuTensor(context, memory, false, 0, rows, columns, columns);
  }

  /** The tensor, if this backend made it. */
  static CpuTensor of(Tensor tensor, CpuContext context) {
    if (!(tensor instanceof CpuTensor known) || known.context != context) {
      throw new IllegalArgumentException("the tensor was made by another backend");
    }
    return known;
  }

  /** Where its first number is; inside an operation only. */
  long address() {
    return memory.address() + first * Float.BYTES;
  }

  /** Numbers from one row to the next. */
  int stride() {
    return stride;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public Tensor rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ rows);
    return new CpuTensor(
        context, memory, true, first + (long) from * stride, count, columns, stride);
  }

  @Override
  public Tensor columns(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ columns);
    return new CpuTensor(context, memory, true, first + from, rows, count, stride);
  }

  @Override
  public void close() {
    if (!window) {
      memory.close();
    }
  }
}
