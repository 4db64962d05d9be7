package io.longcat4j.onnx;

import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Numbers that lie outside the model's protobuf message and are handed over at session creation.
 */
sealed interface Weights {
  /** Elements converted at a time, so that widening needs no second copy of a big tensor. */
  int CHUNK = 1 << 20;

  Shape shape();

  /** A direct buffer in native order with all values as F32. */
  FloatBuffer widened();

  record Stored(StoredTensor tensor) implements Weights {
    @Override
    public Shape shape() {
      return tensor.shape();
    }

    @Override
    public FloatBuffer widened() {
      int count = Math.toIntExact(tensor.shape().elements());
      FloatBuffer all = direct(count);
      for (int from = 0; from < count; from += CHUNK) {
        float[] chunk = new float[Math.min(CHUNK, count - from)];
        tensor.readFloats(from, chunk);
        all.put(chunk);
      }
      return all.flip();
    }
  }

  record Computed(FloatBuffer values, Shape shape) implements Weights {
    @Override
    public FloatBuffer widened() {
      if (values.isDirect() && values.order() == ByteOrder.nativeOrder()) {
        return values.duplicate();
      }
      return direct(values.remaining()).put(values.duplicate()).flip();
    }
  }

  private static FloatBuffer direct(int count) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
