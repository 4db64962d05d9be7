package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import io.longcat4j.natives.UnpackedLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/**
 * Loads the native library. JavaCPP unpacks it from the jar to the directory that the system
 * property {@code org.bytedeco.javacpp.cachedir} names, else to {@code ~/.javacpp/cache}, else to
 * the directory for temporary files; processes that start together wait for each other there.
 */
final class NativeLibrary {
  private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";

  private NativeLibrary() {}

  /**
   * Loads the library, once in a process.
   *
   * @return where it was loaded from
   * @throws BackendException if this build has no library for the platform, or it cannot be loaded
   */
  static String load() {
    String platform = Loader.getPlatform();
    String file = platform + "/" + System.mapLibraryName("jnilongcat_cpu");
    if (CpuKernels.class.getResource(file) == null) {
      throw new BackendException(
          "longcat-core was built without native kernels for "
              + platform
              + "; use an artifact built on this platform with a C++17 compiler (g++ or clang++),"
              + " or Backend.reference()");
    }
    String cache = System.getProperty(CACHE_PROPERTY);
    if (cache != null) {
      requireWritable(Path.of(cache));
    }
    try {
      return UnpackedLibrary.load(CpuKernels.class, file);
    } catch (LinkageError | RuntimeException e) {
      throw new BackendException(
          "the native kernels for "
              + platform
              + " could not be unpacked or loaded ("
              + e.getMessage()
              + "); set the system property "
              + CACHE_PROPERTY
              + " to a directory that can be written and whose files can be executed",
          e);
    }
  }

  /** JavaCPP would quietly take another directory. */
  private static void requireWritable(Path directory) {
    boolean writable;
    try {
      Files.createDirectories(directory);
      writable = Files.isWritable(directory);
    } catch (IOException e) {
      writable = false;
    }
    if (!writable) {
      throw new BackendException(
          "the native kernels cannot be unpacked to "
              + directory
              + "; set the system property "
              + CACHE_PROPERTY
              + " to a directory that can be written and whose files can be executed");
    }
  }
}
