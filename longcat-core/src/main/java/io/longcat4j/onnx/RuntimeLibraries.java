package io.longcat4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import io.longcat4j.natives.NativeCache;
import io.longcat4j.natives.PrivateDirectory;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's native libraries. Left alone, its loader writes them to a new temporary directory
 * at each start; here they lie with the others of {@link NativeCache}, compared with the jar, and
 * the loader is told so while it loads. Where an application has told it otherwise, that stays.
 */
final class RuntimeLibraries {
  private static final String DIRECTORY = "onnxruntime.native.path";
  private static final String LIBRARY_FILE = "onnxruntime.native.onnxruntime.path";
  private static final String MAIN = "onnxruntime";

  /** One file is loaded by one class loader, so that each has a folder of its own. */
  private static final String LOADERS = "io.longcat4j.onnxruntime.loaders";

  /** All that its loader looks for, in the CPU's jar and in the GPUs'. */
  private static final List<String> NAMES =
      List.of(
          MAIN,
          "onnxruntime4j_jni",
          "onnxruntime_providers_shared",
          "onnxruntime_providers_cuda",
          "onnxruntime_providers_tensorrt",
          "onnxruntime_providers_rocm",
          "onnxruntime_providers_dnnl",
          "onnxruntime_providers_openvino",
          "onnxruntime_providers_qnn",
          "webgpu_dawn",
          "dxil",
          "dxcompiler");

  private RuntimeLibraries() {}

  /**
   * Has them loaded.
   *
   * @param loading what makes the loader load
   * @return what it returns
   * @throws IOException if they cannot be unpacked to where nobody else can change them
   */
  static OrtEnvironment load(Supplier<OrtEnvironment> loading) throws IOException {
    // Before the lock, which its loading takes too.
    Optional<String> operators = OperatorLibrary.path();
    synchronized (NativeCache.lock()) {
      Optional<Path> chosen = chosenLibrary();
      URL packed = resource(MAIN);
      if (chosen.isPresent() || packed == null) {
        if (chosen.isPresent()) {
          Telemetry.prevent(chosen.get(), operators.isPresent());
        }
        return loading.get();
      }
      Path folder = unpack(packed);
      Telemetry.prevent(folder.resolve(fileName(MAIN)), operators.isPresent());
      System.setProperty(DIRECTORY, folder.toString());
      try {
        return loading.get();
      } finally {
        System.clearProperty(DIRECTORY);
      }
    }
  }

  /** The library that an application has named, if it has. */
  private static Optional<Path> chosenLibrary() {
    return Optional.ofNullable(System.getProperty(DIRECTORY))
        .map(directory -> Path.of(directory, fileName(MAIN)))
        .or(() -> Optional.ofNullable(System.getProperty(LIBRARY_FILE)).map(Path::of));
  }

  private static Path unpack(URL main) throws IOException {
    PrivateDirectory directory = NativeCache.directory();
    Path folder = directory.path().resolve(folderName(main));
    for (String name : NAMES) {
      URL packed = resource(name);
      if (packed != null) {
        directory.place(packed, folder.resolve(fileName(name)));
      }
    }
    return folder;
  }

  /** Versions may share a cache: each has a folder of its own. */
  private static String folderName(URL main) throws IOException {
    int loaders = Integer.getInteger(LOADERS, 0);
    System.setProperty(LOADERS, Integer.toString(loaders + 1));
    return "onnxruntime-"
        + PrivateDirectory.fingerprint(main)
        + (loaders == 0 ? "" : "-" + loaders);
  }

  private static @Nullable URL resource(String name) {
    return OrtEnvironment.class.getResource(
        "/ai/onnxruntime/native/" + platform() + "/" + fileName(name));
  }

  private static String fileName(String name) {
    return System.mapLibraryName(name).replace("jnilib", "dylib");
  }

  /** As ONNX Runtime's loader names it. */
  private static String platform() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return (system.contains("mac") ? "osx" : system.contains("win") ? "win" : "linux")
        + "-"
        + (processor.startsWith("amd64") || processor.startsWith("x86_64") ? "x64" : processor);
  }
}
