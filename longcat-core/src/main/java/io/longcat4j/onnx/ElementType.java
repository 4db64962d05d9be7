package io.longcat4j.onnx;

/** Number formats of values in a graph. */
public enum ElementType {
  FLOAT32(1),
  INT32(6),
  INT64(7),
  BOOL(9),
  FLOAT16(10),
  BFLOAT16(16);

  private final int code;

  ElementType(int code) {
    this.code = code;
  }

  /** The number that ONNX's {@code TensorProto.DataType} gives to this format. */
  int code() {
    return code;
  }
}
