package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import org.bytedeco.javacpp.Loader;

/**
 * Loads the native library. JavaCPP unpacks it from the jar to its cache directory ({@code
 * ~/.javacpp/cache}, or what the system property {@code org.bytedeco.javacpp.cachedir} says);
 * processes that start together wait for each other there.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Loads the library, once in a process.
   *
   * @return where it was loaded from
   * @throws BackendException if this build has no library for the platform, or it cannot be loaded
   */
  static String load() {
    String platform = Loader.getPlatform();
    if (CpuKernels.class.getResource(platform + "/" + fileName()) == null) {
      throw new BackendException(
          "longcat-core was built without native kernels for "
              + platform
              + "; use an artifact built on this platform with a C++17 compiler (g++ or clang++),"
              + " or Backend.reference()");
    }
    try {
      return String.valueOf(Loader.load(CpuKernels.class));
    } catch (LinkageError | RuntimeException e) {
      throw new BackendException(
          "the native kernels for "
              + platform
              + " could not be loaded: "
              + e.getMessage()
              + "; they are unpacked to "
              + cacheDirectory()
              + ", which must be writable and allow execution: set the system property"
              + " org.bytedeco.javacpp.cachedir to such a directory",
          e);
    }
  }

  private static String fileName() {
    return System.mapLibraryName("jnilongcat_cpu");
  }

  private static String cacheDirectory() {
    String set = System.getProperty("org.bytedeco.javacpp.cachedir");
    return set != null ? set : System.getProperty("user.home") + "/.javacpp/cache";
  }
}
