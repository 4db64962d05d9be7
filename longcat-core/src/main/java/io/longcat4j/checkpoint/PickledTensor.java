package io.longcat4j.checkpoint;

import io.longcat4j.tensor.DType;
import java.util.Arrays;
import java.util.List;

/**
 * A view of a storage, as a pickle describes it. Its element count and its last byte are known to
 * fit 64 bits and the storage; anything else is an {@link IllegalArgumentException}.
 *
 * @param storage where the elements are
 * @param dtype their format
 * @param offset index of the first element in the storage
 * @param dims sizes, outermost first
 * @param strides steps in elements, one per size
 * @param negated whether the numbers mean their negative
 */
record PickledTensor(
    PickledStorage storage,
    DType dtype,
    long offset,
    long[] dims,
    long[] strides,
    boolean negated) {
  private static final int MAX_RANK = 64;

  /** Views repeat elements by strides of 0; a small file must not claim huge tensors that way. */
  private static final long MAX_REPEATED_BYTES = 64L << 20;

  /**
   * A storage that a pickle names.
   *
   * @param key its name in the file
   * @param elementBytes of the storage's own type; 1 for an untyped one
   * @param elements its length
   */
  record PickledStorage(String key, int elementBytes, long elements) {
    PickledStorage {
      if (elements < 0 || elements > Long.MAX_VALUE / elementBytes) {
        throw new IllegalArgumentException("storage " + key + " of " + elements + " elements");
      }
    }

    long bytes() {
      return elements * elementBytes;
    }
  }

  PickledTensor {
    try {
      check(storage, dtype, offset, dims, strides);
    } catch (ArithmeticException e) {
      throw bad(storage, dims, strides, "beyond 64 bits");
    }
  }

  private static void check(
      PickledStorage storage, DType dtype, long offset, long[] dims, long[] strides) {
    if (dims.length != strides.length || dims.length > MAX_RANK || offset < 0) {
      throw bad(storage, dims, strides, "of unequal or too many dimensions");
    }
    long elements = 1;
    long last = offset;
    for (int axis = 0; axis < dims.length; axis++) {
      if (dims[axis] < 0 || strides[axis] < 0) {
        throw bad(storage, dims, strides, "with a negative entry");
      }
      elements = Math.multiplyExact(elements, dims[axis]);
      if (dims[axis] > 1) {
        last = Math.addExact(last, Math.multiplyExact(dims[axis] - 1, strides[axis]));
      }
    }
    long bytes = Math.multiplyExact(elements, (long) dtype.bytes());
    long end =
        Math.multiplyExact(elements == 0 ? offset : Math.addExact(last, 1), (long) dtype.bytes());
    if (end > storage.bytes()) {
      throw bad(
          storage,
          dims,
          strides,
          "ending at byte " + end + " of a storage of " + storage.bytes() + " bytes");
    }
    if (bytes > Math.max(storage.bytes(), MAX_REPEATED_BYTES)) {
      throw bad(storage, dims, strides, "repeating " + storage.bytes() + " bytes to " + bytes);
    }
  }

  private static IllegalArgumentException bad(
      PickledStorage storage, long[] dims, long[] strides, String what) {
    return new IllegalArgumentException(
        "a tensor in storage "
            + storage.key()
            + " has sizes "
            + Arrays.toString(dims)
            + " and strides "
            + Arrays.toString(strides)
            + ", "
            + what
            + ",");
  }

  /** Whether the elements lie one behind the other in row-major order. */
  boolean isContiguous() {
    if (Arrays.stream(dims).anyMatch(dim -> dim == 0)) {
      return true;
    }
    long expected = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      if (dims[axis] != 1 && strides[axis] != expected) {
        return false;
      }
      expected *= dims[axis];
    }
    return true;
  }

  static long[] longs(List<?> values) {
    return values.stream().mapToLong(value -> ((Number) value).longValue()).toArray();
  }
}
