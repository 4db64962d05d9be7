package io.longcat4j.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps ONNX Runtime from reporting. The version that this library asks for cannot; from 1.29 on,
 * on Linux and macOS, its library sends records to its makers and writes files of its own from the
 * moment it is loaded, unless a variable of the environment forbids it. An application may bring
 * such a version.
 */
final class Telemetry {
  static final String VARIABLE = "ORT_DISABLE_TELEMETRY";
  private static final int BUFFER_BYTES = 1 << 20;

  private Telemetry() {}

  /**
   * Forbids it for this process, before the library is loaded.
   *
   * @param library the file that will be loaded
   * @param operators whether the native operators are there, which can change the environment
   * @throws IOException if it cannot be read, or would report and nothing can forbid it
   */
  static void prevent(Path library, boolean operators) throws IOException {
    if (!asksFor(library) || "1".equals(System.getenv(VARIABLE))) {
      return;
    }
    if (!operators || OperatorKernels.disableTelemetry() == 0) {
      throw new IOException(
          library
              + " is a version of ONNX Runtime that sends reports, which nothing here can turn off;"
              + " start Java with the environment variable "
              + VARIABLE
              + "=1, or use com.microsoft.onnxruntime:onnxruntime in the version that longcat-core"
              + " names");
    }
  }

  /** Whether a library knows the variable, as those do that report. */
  static boolean asksFor(Path library) throws IOException {
    byte[] wanted = VARIABLE.getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[BUFFER_BYTES];
    int matched = 0;
    try (InputStream in = Files.newInputStream(library)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        for (int i = 0; i < read; i++) {
          // Its first letter comes again only where no shorter match can go on.
          matched = buffer[i] == wanted[matched] ? matched + 1 : buffer[i] == wanted[0] ? 1 : 0;
          if (matched == wanted.length) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
