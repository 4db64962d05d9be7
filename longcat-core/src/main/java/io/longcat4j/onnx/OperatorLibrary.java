package io.longcat4j.onnx;

import io.longcat4j.natives.UnpackedLibrary;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library with operators of our own. It lies in the jar of a build that had a C++
 * compiler; JavaCPP unpacks it, as it does the kernels of {@code compute.cpu}.
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
        return Optional.of(UnpackedLibrary.load(OperatorKernels.class, file));
      } catch (LinkageError | RuntimeException e) {
        LOG.warn(
            "The operators for ONNX Runtime could not be unpacked or loaded; sound is made more"
                + " slowly without them. Set the system property org.bytedeco.javacpp.cachedir to a"
                + " directory that can be written and whose files can be executed",
            e);
        return Optional.empty();
      }
    }
  }
}
