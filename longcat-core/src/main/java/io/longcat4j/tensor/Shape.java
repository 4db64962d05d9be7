package io.longcat4j.tensor;

import java.util.Arrays;

/** The sizes of a tensor's dimensions, outermost first. Immutable. */
public final class Shape {
  private final long[] dims;
  private final long elements;

  private Shape(long[] dims) {
    this.dims = dims;
    long product = 1;
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dims));
      }
      product = Math.multiplyExact(product, dim);
    }
    this.elements = product;
  }

  /**
   * A shape.
   *
   * @param dims sizes, each at least 0; none for a scalar
   * @return the shape
   * @throws IllegalArgumentException if a size is negative
   * @throws ArithmeticException if the product exceeds 64 bits
   */
  public static Shape of(long... dims) {
    return new Shape(dims.clone());
  }

  /**
   * The number of dimensions.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return dims.length;
  }

  /**
   * The size of a dimension.
   *
   * @param axis from 0, outermost first
   * @return at least 0
   */
  public long dim(int axis) {
    return dims[axis];
  }

  /**
   * All sizes.
   *
   * @return a copy
   */
  public long[] dims() {
    return dims.clone();
  }

  /**
   * The product of all sizes.
   *
   * @return 1 for a scalar
   */
  public long elements() {
    return elements;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dims, that.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
