package io.longcat4j.cuda;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A window on memory of a device; holds its owner. */
final class CudaTensor implements Tensor {
  private final CudaContext context;
  private final CudaMemory memory;
  private final boolean window;
  private final RowFormat format;
  private final long firstByte;
  private final int rows;
  private final int columns;
  private final long rowBytes;

  private CudaTensor(
      CudaContext context,
      CudaMemory memory,
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

  static CudaTensor zeros(CudaContext context, int rows, int columns, RowFormat format) {
    long rowBytes = CudaCalls.rowBytes(Formats.code(format), columns);
    CudaMemory memory = context.allocate("tensor [" + rows + ", " + columns + "]", rows * rowBytes);
    return new CudaTensor(context, memory, false, format, 0, rows, columns, rowBytes);
  }

  static CudaTensor over(CudaContext context, ByteBuffer buffer, int rows, int columns) {
    CudaMemory memory = context.borrow("tensor [" + rows + ", " + columns + "]", buffer.slice());
    long rowBytes = RowFormat.F32.rowBytes(columns);
    return new CudaTensor(context, memory, false, RowFormat.F32, 0, rows, columns, rowBytes);
  }

  /** The beginning of memory that is owned elsewhere. */
  static CudaTensor window(
      CudaContext context, CudaMemory memory, RowFormat format, int rows, int columns) {
    long rowBytes = CudaCalls.rowBytes(Formats.code(format), columns);
    return new CudaTensor(context, memory, true, format, 0, rows, columns, rowBytes);
  }

  /** The tensor, if this backend made it. */
  static CudaTensor of(Tensor tensor, CudaContext context) {
    if (!(tensor instanceof CudaTensor known) || known.context != context) {
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
    return new CudaTensor(
        context, memory, true, format, firstByte + from * rowBytes, count, columns, rowBytes);
  }

  @Override
  public Tensor columns(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ columns);
    ShapeRules.wholeNumbers(this);
    long start = firstByte + (long) from * Float.BYTES;
    return new CudaTensor(context, memory, true, format, start, rows, count, rowBytes);
  }

  @Override
  public void close() {
    if (!window) {
      memory.close();
    }
  }
}
