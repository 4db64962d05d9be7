package io.longcat4j.onnx;

import io.longcat4j.tensor.Shape;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * An input or output of a run. Direct buffers in native order are read in place, others are copied.
 */
public sealed interface OnnxValue {
  /**
   * The sizes.
   *
   * @return outermost first
   */
  Shape shape();

  /**
   * F32 numbers.
   *
   * @param values from position to limit, row-major
   * @param shape the sizes
   */
  record Floats(FloatBuffer values, Shape shape) implements OnnxValue {
    /** Checks the components. */
    public Floats {
      requireFit(values.remaining(), shape);
    }

    /**
     * The numbers.
     *
     * @return a new array
     */
    public float[] toArray() {
      float[] array = new float[values.remaining()];
      values.duplicate().get(array);
      return array;
    }
  }

  /**
   * INT64 numbers.
   *
   * @param values from position to limit, row-major
   * @param shape the sizes
   */
  record Longs(LongBuffer values, Shape shape) implements OnnxValue {
    /** Checks the components. */
    public Longs {
      requireFit(values.remaining(), shape);
    }

    /**
     * The numbers.
     *
     * @return a new array
     */
    public long[] toArray() {
      long[] array = new long[values.remaining()];
      values.duplicate().get(array);
      return array;
    }
  }

  /**
   * F32 numbers.
   *
   * @param values row-major; not copied, not to be changed before the run ends
   * @param dims the sizes
   * @return the value
   */
  static Floats of(float[] values, long... dims) {
    return new Floats(FloatBuffer.wrap(values), Shape.of(dims));
  }

  /**
   * INT64 numbers.
   *
   * @param values row-major; not copied, not to be changed before the run ends
   * @param dims the sizes
   * @return the value
   */
  static Longs of(long[] values, long... dims) {
    return new Longs(LongBuffer.wrap(values), Shape.of(dims));
  }

  private static void requireFit(int count, Shape shape) {
    if (count != shape.elements()) {
      throw new IllegalArgumentException(count + " numbers do not fill the shape " + shape);
    }
  }
}
