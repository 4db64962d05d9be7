package io.longcat4j.onnx;

import io.longcat4j.natives.NativeCache;
import io.longcat4j.natives.NativeLoader;
import java.io.IOException;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library with operators of our own. It lies in the jar of a build that had a C++
 * compiler and is unpacked as the kernels of {@code compute.cpu} are.
 */
final class OperatorLibrary {
  /** The domain of its operators. */
  static final String DOMAIN = "io.longcat4j";

  private static final Logger LOG = LoggerFactory.getLogger(OperatorLibrary.class);

  private OperatorLibrary() {}

  /**
   * Loads the library, once in a process.
   *
   * @return its file, or nothing where this build has none for the platform or it does not load
   */
  static Optional<String> path() {
    return Loaded.PATH;
  }

  private static final class Loaded {
    private static final Optional<String> PATH = load();

    private static Optional<String> load() {
      String file = Loader.getPlatform() + "/" + System.mapLibraryName("jnilongcat_onnx");
      if (OperatorKernels.class.getResource(file) == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(NativeLoader.load(OperatorKernels.class));
      } catch (LinkageError | RuntimeException | IOException e) {
        LOG.warn(
            "The operators for ONNX Runtime could not be unpacked or loaded; sound is made more"
                + " slowly without them; {}",
            NativeCache.REMEDY,
            e);
        return Optional.empty();
      }
    }
  }
}
