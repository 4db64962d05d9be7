package io.longcat4j.compute.reference;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A window on an array for each row, which is made when it is first written, as zeros; or on memory
 * of somebody else.
 */
final class ReferenceTensor implements Tensor {
  private final RowFormat format;
  private final float[] @Nullable [] memory;
  private final @Nullable FloatBuffer shared;
  private final int firstRow;
  private final int rows;
  private final int firstColumn;
  private final int columns;
  private final int width;
  private final Lifetime lifetime;
  private final Lifetime backend;
  private final boolean window;

  private ReferenceTensor(
      RowFormat format,
      float[] @Nullable [] memory,
      @Nullable FloatBuffer shared,
      int firstRow,
      int rows,
      int firstColumn,
      int columns,
      int width,
      Lifetime lifetime,
      Lifetime backend,
      boolean window) {
    this.format = format;
    this.memory = memory;
    this.shared = shared;
    this.firstRow = firstRow;
    this.rows = rows;
    this.firstColumn = firstColumn;
    this.columns = columns;
    this.width = width;
    this.lifetime = lifetime;
    this.backend = backend;
    this.window = window;
  }

  static ReferenceTensor zeros(int rows, int columns, RowFormat format, Lifetime backend) {
    Lifetime lifetime = new Lifetime("tensor", backend);
    return new ReferenceTensor(
        format, new float[rows][], null, 0, rows, 0, columns, columns, lifetime, backend, false);
  }

  static ReferenceTensor over(ByteBuffer memory, int rows, int columns, Lifetime backend) {
    Lifetime lifetime = new Lifetime("tensor", backend);
    FloatBuffer numbers = memory.asFloatBuffer();
    return new ReferenceTensor(
        RowFormat.F32,
        new float[0][],
        numbers,
        0,
        rows,
        0,
        columns,
        columns,
        lifetime,
        backend,
        false);
  }

  /** The tensor, if this backend made it and it is alive. */
  static ReferenceTensor of(Tensor tensor, Lifetime backend) {
    if (!(tensor instanceof ReferenceTensor known) || known.backend != backend) {
      throw new IllegalArgumentException("the tensor was made by another backend");
    }
    known.lifetime.requireAlive();
    return known;
  }

  float get(int row, int column) {
    if (shared != null) {
      return shared.get(index(row, column));
    }
    float[] values = memory[firstRow + row];
    return values == null ? 0 : values[firstColumn + column];
  }

  void set(int row, int column, float value) {
    if (shared != null) {
      shared.put(index(row, column), value);
      return;
    }
    writable(row)[firstColumn + column] = value;
  }

  void add(int row, int column, float value) {
    set(row, column, get(row, column) + value);
  }

  private int index(int row, int column) {
    return (firstRow + row) * width + firstColumn + column;
  }

  private float[] writable(int row) {
    float[] values = memory[firstRow + row];
    if (values == null) {
      values = new float[width];
      memory[firstRow + row] = values;
    }
    return values;
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

  /** Keeps a row as the format has it. */
  void keep(int row, float[] values) {
    float[] kept = RowRounding.of(format, values);
    for (int column = 0; column < columns; column++) {
      set(row, column, kept[column]);
    }
  }

  @Override
  public Tensor rows(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ rows);
    return new ReferenceTensor(
        format,
        memory,
        shared,
        firstRow + from,
        count,
        firstColumn,
        columns,
        width,
        lifetime,
        backend,
        true);
  }

  @Override
  public Tensor columns(int from, int count) {
    Objects.checkFromIndexSize(from, /* size= */ count, /* length= */ columns);
    ShapeRules.wholeNumbers(this);
    return new ReferenceTensor(
        format,
        memory,
        shared,
        firstRow,
        rows,
        firstColumn + from,
        count,
        width,
        lifetime,
        backend,
        true);
  }

  @Override
  public void close() {
    if (!window) {
      lifetime.end();
    }
  }
}
