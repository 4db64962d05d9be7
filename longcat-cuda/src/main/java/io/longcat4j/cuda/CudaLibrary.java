package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.natives.NativeCache;
import io.longcat4j.natives.NativeLoader;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;

/** Loads the native library from where {@link NativeCache} has it unpacked. */
final class CudaLibrary {
  private CudaLibrary() {}

  /**
   * Loads the library, once in a process.
   *
   * @return where it was loaded from
   * @throws BackendException if this build has no library for the platform, or it cannot be loaded
   */
  static String load() {
    String platform = Loader.getPlatform();
    String file = platform + "/" + System.mapLibraryName("jnilongcat_cuda");
    if (CudaCalls.class.getResource(file) == null) {
      throw new BackendException(
          "longcat-cuda was built without native code for "
              + platform
              + "; use an artifact built on this platform with a C++17 compiler (g++ or clang++)");
    }
    try {
      return NativeLoader.load(CudaCalls.class);
    } catch (LinkageError | RuntimeException | IOException e) {
      throw new BackendException(
          "the native code of longcat-cuda for "
              + platform
              + " could not be unpacked or loaded ("
              + e.getMessage()
              + "); "
              + NativeCache.REMEDY,
          e);
    }
  }
}
