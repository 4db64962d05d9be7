package io.longcat4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Numbers that lie outside the model's protobuf message and are handed over at session creation.
 */
sealed interface Weights {

  Shape shape();

  ElementType type();

  OnnxTensor toTensor(OrtEnvironment environment) throws OrtException;

  /** A tensor in a format that ONNX Runtime reads, straight from the mapped file. */
  record Mapped(StoredTensor tensor, ElementType type) implements Weights {
    @Override
    public Shape shape() {
      return tensor.shape();
    }

    @Override
    public OnnxTensor toTensor(OrtEnvironment environment) throws OrtException {
      ByteBuffer bytes = tensor.bytes(0, Math.toIntExact(tensor.byteSize()));
      return OnnxTensor.createTensor(environment, bytes, shape().dims(), javaType());
    }

    private OnnxJavaType javaType() {
      return switch (type) {
        case BFLOAT16 -> OnnxJavaType.BFLOAT16;
        case FLOAT16 -> OnnxJavaType.FLOAT16;
        default -> OnnxJavaType.FLOAT;
      };
    }

    static boolean fits(StoredTensor tensor) {
      return tensor.byteSize() <= Storage.MAX_SLICE
          && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }
  }

  /** Numbers in memory. */
  record Computed(FloatBuffer values, Shape shape) implements Weights {
    @Override
    public ElementType type() {
      return ElementType.FLOAT32;
    }

    @Override
    public OnnxTensor toTensor(OrtEnvironment environment) throws OrtException {
      return OnnxTensor.createTensor(environment, values.duplicate(), shape.dims());
    }
  }
}
