package io.longcat4j.compute.reference;

import io.longcat4j.compute.StoredWeight;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import org.jspecify.annotations.Nullable;

/** A stored weight, widened a row at a time. */
final class ReferenceWeight implements Weight {
  private final StoredWeight stored;
  private final Lifetime backend;

  ReferenceWeight(StoredWeight stored, Lifetime backend) {
    this.stored = stored;
    this.backend = backend;
  }

  /** The weight, if this backend took it in. */
  static ReferenceWeight of(Weight weight, Lifetime backend) {
    if (!(weight instanceof ReferenceWeight known) || known.backend != backend) {
      throw new IllegalArgumentException("the weight was taken in by another backend");
    }
    return known;
  }

  static @Nullable ReferenceWeight ofNullable(@Nullable Weight weight, Lifetime backend) {
    return weight == null ? null : of(weight, backend);
  }

  float[] row(int row) {
    float[] values = new float[stored.columns()];
    stored.tensor().readRow(row, values);
    return values;
  }

  @Override
  public int rows() {
    return stored.rows();
  }

  @Override
  public int columns() {
    return stored.columns();
  }

  @Override
  public int slices() {
    return stored.slices();
  }

  @Override
  public DType dtype() {
    return stored.dtype();
  }
}
