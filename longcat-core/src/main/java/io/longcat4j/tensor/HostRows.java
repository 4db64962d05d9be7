package io.longcat4j.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Rows of F32 outside the Java heap, filled once. Immutable and thread-safe. The memory is given
 * back when the last view of it has become garbage, so that nobody can use it after that; it counts
 * against {@code -XX:MaxDirectMemorySize}, and an attempt to exceed that collects the garbage
 * first.
 */
public final class HostRows {
  private final ByteBuffer memory;
  private final int rows;
  private final int columns;

  private HostRows(ByteBuffer memory, int rows, int columns) {
    this.memory = memory;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Copies rows out of the heap.
   *
   * @param values row by row
   * @param fromRow the first row to copy
   * @param rows how many
   * @param columns of each, at least 1
   * @return the copy
   * @throws IndexOutOfBoundsException if the rows are not there
   * @throws OutOfMemoryError if the JVM may take no more direct memory
   */
  public static HostRows copyOf(float[] values, int fromRow, int rows, int columns) {
    long first = (long) fromRow * columns;
    Objects.checkFromIndexSize(first, /* size= */ (long) rows * columns, values.length);
    ByteBuffer memory = allocate(rows, columns);
    memory.asFloatBuffer().put(values, (int) first, rows * columns);
    return new HostRows(memory, rows, columns);
  }

  /**
   * Copies rows that were written by {@link #copyTo(byte[], int)}.
   *
   * @param bytes little-endian numbers, row by row
   * @param offset index of the first byte
   * @param rows how many
   * @param columns of each, at least 1
   * @return the copy
   * @throws IndexOutOfBoundsException if the bytes are not there
   */
  public static HostRows copyOf(byte[] bytes, int offset, int rows, int columns) {
    long size = (long) rows * columns * Float.BYTES;
    Objects.checkFromIndexSize((long) offset, /* size= */ size, (long) bytes.length);
    ByteBuffer memory = allocate(rows, columns);
    memory.duplicate().put(bytes, offset, (int) size);
    return new HostRows(memory, rows, columns);
  }

  private static ByteBuffer allocate(int rows, int columns) {
    int size = Math.toIntExact(Math.multiplyExact((long) rows * columns, Float.BYTES));
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * How many rows.
   *
   * @return at least 0
   */
  public int rows() {
    return rows;
  }

  /**
   * How many columns.
   *
   * @return at least 1
   */
  public int columns() {
    return columns;
  }

  /**
   * Memory that the rows take, shared with other views of them.
   *
   * @return bytes
   */
  public long bytes() {
    return (long) rows * columns * Float.BYTES;
  }

  /**
   * A view of some rows.
   *
   * @param from the first
   * @param count how many
   * @return these rows where all of them are wanted
   * @throws IndexOutOfBoundsException if they are not there
   */
  public HostRows rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ rows);
    if (count == rows) {
      return this;
    }
    int rowBytes = columns * Float.BYTES;
    ByteBuffer part = memory.slice(from * rowBytes, count * rowBytes);
    return new HostRows(part.order(ByteOrder.LITTLE_ENDIAN), count, columns);
  }

  /**
   * The numbers, for backends.
   *
   * @return a direct buffer from position 0 on, little-endian, not to be changed
   */
  public ByteBuffer memory() {
    return memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Copies a row into the heap.
   *
   * @param row which
   * @param into receives the columns from index 0 on
   */
  public void copyTo(int row, float[] into) {
    Objects.checkIndex(row, rows);
    FloatBuffer numbers = memory.asFloatBuffer();
    numbers.get(row * columns, into, 0, columns);
  }

  /**
   * Copies all rows as little-endian bytes.
   *
   * @param into receives {@link #bytes()} bytes
   * @param offset index of the first
   */
  public void copyTo(byte[] into, int offset) {
    memory.duplicate().get(0, into, offset, (int) bytes());
  }

  /** Equal shapes and bits. */
  @Override
  public boolean equals(Object other) {
    return other instanceof HostRows known
        && rows == known.rows
        && columns == known.columns
        && memory.duplicate().equals(known.memory.duplicate());
  }

  @Override
  public int hashCode() {
    return 31 * rows + memory.duplicate().hashCode();
  }

  @Override
  public String toString() {
    return "HostRows[" + rows + ", " + columns + "]";
  }
}
