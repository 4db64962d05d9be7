package io.longcat4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime's environment until the process is gone. Its Java binding frees it in a hook
 * when the JVM ends, while sessions still run, and the process dies of it (onnxruntime issue
 * 31352). The environment counts its holders: here is one more, that never lets go.
 */
final class EnvironmentHold {
  private static final Logger LOG = LoggerFactory.getLogger(EnvironmentHold.class);
  private static final int WARNINGS = 2;

  private EnvironmentHold() {}

  /** Holds what {@link OrtEnvironment#getEnvironment()} has made. */
  static void take() {
    try {
      Optional<String> operators = OperatorLibrary.path();
      if (operators.isPresent()) {
        takeNatively(operators.get());
      } else {
        takeByReflection();
      }
    } catch (OrtException | ReflectiveOperationException | RuntimeException e) {
      LOG.warn(
          "ONNX Runtime's environment cannot be held in this version of it; close the engine before"
              + " the JVM ends, else the process may crash then",
          e);
    }
  }

  /** {@code library.cpp} takes it when it is asked for its operators. */
  private static void takeNatively(String operators) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.registerCustomOpLibrary(operators);
    }
  }

  /** Without native code there is no public way to make a second holder. Gives the environment. */
  static Object takeByReflection() throws ReflectiveOperationException {
    Method create =
        OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
    create.setAccessible(true);
    return create.invoke(null, loaderField("ortApiHandle").get(null), WARNINGS, "longcat4j");
  }

  /**
   * Its loader makes a temporary directory even where it has nothing to put there, and leaves it
   * until the JVM ends.
   */
  static void deleteUnusedDirectory() {
    try {
      if (loaderField("tempDirectory").get(null) instanceof Path directory) {
        Files.deleteIfExists(directory);
      }
    } catch (ReflectiveOperationException | RuntimeException | IOException e) {
      LOG.debug("ONNX Runtime's temporary directory stays until the JVM ends", e);
    }
  }

  private static Field loaderField(String name) throws ReflectiveOperationException {
    Field field = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
