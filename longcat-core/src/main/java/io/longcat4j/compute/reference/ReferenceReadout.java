package io.longcat4j.compute.reference;

import io.longcat4j.compute.Readout;
import io.longcat4j.compute.ShapeRules;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The host sees tensors as they are. */
final class ReferenceReadout implements Readout {
  private final int mostRows;
  private final int mostColumns;
  private final Lifetime lifetime;
  private final Lifetime backend;
  private @Nullable ReferenceTensor source;

  ReferenceReadout(int mostRows, int mostColumns, Lifetime backend) {
    this.mostRows = mostRows;
    this.mostColumns = mostColumns;
    this.lifetime = new Lifetime("readout", backend);
    this.backend = backend;
  }

  /** The block, if this backend made it and it is alive. */
  static ReferenceReadout of(Readout readout, Lifetime backend) {
    if (!(readout instanceof ReferenceReadout known) || known.backend != backend) {
      throw new IllegalArgumentException("the readout was made by another backend");
    }
    known.lifetime.requireAlive();
    return known;
  }

  void fill(ReferenceTensor from) {
    ShapeRules.read(from, mostRows, mostColumns);
    source = from;
  }

  @Override
  public int rows() {
    return source == null ? 0 : source.rows();
  }

  @Override
  public void row(int index, float[] into) {
    lifetime.requireAlive();
    Objects.checkIndex(index, rows());
    ReferenceTensor from = ReferenceTensor.of(Objects.requireNonNull(source), backend);
    Objects.checkFromIndexSize(0, from.columns(), into.length);
    for (int column = 0; column < from.columns(); column++) {
      into[column] = from.get(index, column);
    }
  }

  @Override
  public void close() {
    source = null;
    lifetime.end();
  }
}
