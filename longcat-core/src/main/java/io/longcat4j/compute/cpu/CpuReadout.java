package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Readout;
import io.longcat4j.compute.ShapeRules;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The host sees tensors as they are, so that only rows that are asked for are copied. */
final class CpuReadout implements Readout {
  private final CpuContext context;
  private final int mostRows;
  private final int mostColumns;
  private @Nullable CpuTensor source;

  CpuReadout(CpuContext context, int mostRows, int mostColumns) {
    this.context = context;
    this.mostRows = mostRows;
    this.mostColumns = mostColumns;
  }

  /** The block, if this backend made it. */
  static CpuReadout of(Readout readout, CpuContext context) {
    if (!(readout instanceof CpuReadout known) || known.context != context) {
      throw new IllegalArgumentException("the readout was made by another backend");
    }
    return known;
  }

  void fill(CpuTensor from) {
    ShapeRules.read(from, mostRows, mostColumns);
    source = from;
  }

  @Override
  public int rows() {
    return source == null ? 0 : source.rows();
  }

  @Override
  public void row(int index, float[] into) {
    Objects.checkIndex(index, rows());
    CpuTensor from = Objects.requireNonNull(source);
    Objects.checkFromIndexSize(0, /* size= */ from.columns(), /* length= */ into.length);
    try (CpuContext.Turn turn = context.begin("read")) {
      turn.end(
          CpuKernels.read(
              into,
              into.length,
              0,
              from.address() + index * from.rowBytes(),
              1,
              from.columns(),
              from.columns()));
    }
  }

  @Override
  public void close() {
    source = null;
  }
}
