package io.longcat4j.model;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How precisely the blocks of a pass choose positions; see {@link Stream#measureAttention}. Takes
 * memory when it first measures.
 */
final class AttentionMeter implements AutoCloseable {
  private static final int NUMBERS = 3;

  private final ComputeBackend backend;
  private final int mostRows;
  private final float[] @Nullable [] figures;
  private @Nullable RowViews memory;
  private int columns;

  AttentionMeter(ComputeBackend backend, int mostRows, int blocks) {
    this.backend = backend;
    this.mostRows = mostRows;
    this.figures = new float[blocks][];
  }

  /** Forgets the pass before. */
  void clear() {
    Arrays.fill(figures, null);
  }

  void measure(
      Stream stream,
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      CacheBlock cache,
      RowPlan rows) {
    columns = NUMBERS * layout.heads();
    if (memory == null) {
      memory = new RowViews(backend, mostRows, columns);
    }
    Tensor into = memory.first(rows.rows());
    stream.measureAttention(queries, kvB, layout, cache.rows(), cache.index(), rows, into);
    float[] read = new float[rows.rows() * columns];
    stream.read(into, read, 0);
    figures[cache.number()] = read;
  }

  /** Of a block's heads in a row, or null where it was not measured. */
  float @Nullable [] of(int block, int row) {
    float[] known = figures[block];
    return known == null ? null : Arrays.copyOfRange(known, row * columns, (row + 1) * columns);
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
    }
  }
}
