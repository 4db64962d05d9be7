package io.longcat4j.onnx;

import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * What Java asks of {@code longcat_onnx.h}; the rest of that library is for ONNX Runtime. To be
 * called after {@link OperatorLibrary#path} has given a path.
 */
@Platform(include = "onnx/longcat_onnx.h", library = "jnilongcat_onnx", compiler = "cpp17")
@NoException
final class OperatorKernels {
  private OperatorKernels() {}

  @Name("longcat_onnx_supports")
  static native int supports(int instructionSet);

  @Name("longcat_onnx_disable_telemetry")
  static native int disableTelemetry();
}
