package io.longcat4j.compute.cpu;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A window on native memory; holds its owner. */
final class CpuTensor implements Tensor {
  private final CpuContext context;
  private final CpuMemory memory;
  private final boolean window;
  private final RowFormat format;
  private final long firstByte;
  private final int rows;
  private final int columns;
  private final long rowBytes;

  private CpuTensor(
      CpuContext context,
      CpuMemory memory,
      boolean window,
      RowFormat format,
      long firstByte,
      int rows,
      int columns,
      long rowBytes) {
    this.context = context;
    this.memory = memory;
    this.window = window;
    this.format = format;
    this.firstByte = firstByte;
    this.rows = rows;
    this.columns = columns;
    this.rowBytes = rowBytes;
  }

  static CpuTensor zeros(CpuContext context, int rows, int columns, RowFormat format) {
    long rowBytes = format.rowBytes(columns);
    CpuMemory memory = context.allocate("tensor [" + rows + ", " + columns + "]", rows * rowBytes);
    return new CpuTensor(context, memory, false, format, 0, rows, columns, rowBytes);
  }

  static CpuTensor over(CpuContext context, ByteBuffer buffer, int rows, int columns) {
    CpuMemory memory = context.borrow("tensor [" + rows + ", " + columns + "]", buffer.slice());
    long rowBytes = RowFormat.F32.rowBytes(columns);
    return new CpuTensor(context, memory, false, RowFormat.F32, 0, rows, columns, rowBytes);
  }

  /** The tensor, if this backend made it. */
  static CpuTensor of(Tensor tensor, CpuContext context) {
    if (!(tensor instanceof CpuTensor known) || known.context != context) {
      throw new IllegalArgumentException("the tensor was made by another backend");
    }
    return known;
  }

  /** Where its first row is; inside an operation only. */
  long address() {
    return memory.address() + firstByte;
  }

  /** Bytes from one row to the next. */
  long rowBytes() {
    return rowBytes;
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
  public RowFormat format() {
    return format;
  }

  @Override
  public Tensor rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ rows);
    return new CpuTensor(
        context, memory, true, format, firstByte + from * rowBytes, count, columns, rowBytes);
  }

  @Override
  public Tensor columns(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ columns);
    ShapeRules.wholeNumbers(this);
    long start = firstByte + (long) from * Float.BYTES;
    return new CpuTensor(context, memory, true, format, start, rows, count, rowBytes);
  }

  @Override
  public void close() {
    if (!window) {
      memory.close();
    }
  }
}
