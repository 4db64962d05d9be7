package io.longcat4j.model;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A matrix for any number of rows up to a capacity, whose windows are made once and kept, so that
 * steps make no objects. Not thread-safe; owned and closed by whoever made it.
 */
public final class RowViews implements AutoCloseable {
  private final Tensor all;
  private final @Nullable Tensor[] first;
  private final @Nullable Tensor[] single;

  /**
   * Allocates the rows.
   *
   * @param backend where they live
   * @param capacity most rows
   * @param columns of each
   */
  public RowViews(ComputeBackend backend, int capacity, int columns) {
    this.all = backend.allocate(capacity, columns);
    this.first = new Tensor[capacity + 1];
    this.single = new Tensor[capacity];
  }

  /**
   * The first rows.
   *
   * @param rows how many, at most the capacity
   * @return {@code [rows, columns]}
   */
  public Tensor first(int rows) {
    Tensor known = first[rows];
    if (known == null) {
      known = rows == all.rows() ? all : all.rows(0, rows);
      first[rows] = known;
    }
    return known;
  }

  /**
   * One row.
   *
   * @param index below the capacity
   * @return {@code [1, columns]}
   */
  public Tensor row(int index) {
    Tensor known = single[index];
    if (known == null) {
      known = all.rows(index, 1);
      single[index] = known;
    }
    return known;
  }

  /**
   * Some rows in a row; a new window each time.
   *
   * @param from the first
   * @param count how many
   * @return {@code [count, columns]}
   */
  public Tensor rows(int from, int count) {
    return count == 1 ? row(from) : all.rows(from, count);
  }

  /** Frees the memory; idempotent. */
  @Override
  public void close() {
    all.close();
  }
}
