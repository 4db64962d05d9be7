package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * NVRTC, the compiler of CUDA's toolkit, where this machine has it. It needs no GPU. Not
 * thread-safe.
 */
final class Nvrtc implements AutoCloseable {
  /** The system property that names its library's file. */
  static final String PROPERTY = "io.longcat4j.cuda.nvrtc";

  private static final List<String> NAMES = List.of("libnvrtc.so.13", "libnvrtc.so.12");
  private static final List<String> FOLDERS = List.of("lib64", "lib");
  private static final Path USUAL_TOOLKIT = Path.of("/usr/local/cuda");

  /** As tools/cuda/compile.py has them. */
  private static final List<String> OPTIONS =
      List.of("-std=c++17", "-default-device", "--fmad=false");

  private static final int LONGEST_MESSAGE = 16384;
  private static final byte[] NOTHING = {};

  private final long handle;
  private final String library;

  private Nvrtc(long handle, String library) {
    this.handle = handle;
    this.library = library;
  }

  /**
   * Opens the one that the property names, else one that the system finds, else that of a toolkit.
   *
   * @return the compiler, owned by the caller
   * @throws BackendException if there is none, with what was tried
   */
  static Nvrtc open() {
    return open(candidates(System.getProperty(PROPERTY), toolkits()));
  }

  /** The first of several libraries that can be opened. */
  static Nvrtc open(List<String> candidates) {
    CudaLibrary.load();
    long handle = CudaCalls.compilerCreate();
    if (handle == 0) {
      throw new BackendException("there is no memory for NVRTC");
    }
    List<String> tried = new ArrayList<>();
    for (String candidate : candidates) {
      byte[] library = candidate.getBytes(StandardCharsets.UTF_8);
      byte[] builtins = builtinsBeside(candidate);
      int status =
          CudaCalls.compilerOpen(handle, library, library.length, builtins, builtins.length);
      if (status == CudaCalls.OK) {
        return new Nvrtc(handle, candidate);
      }
      tried.add(told(handle));
    }
    CudaCalls.compilerClose(handle);
    throw new BackendException(
        "NVRTC 12 or 13, the compiler of CUDA's toolkit, was not found ("
            + String.join("; ", tried)
            + "); install it where the system looks for libraries, or name its file with -D"
            + PROPERTY);
  }

  private static List<Path> toolkits() {
    return Stream.concat(
            Stream.of("CUDA_HOME", "CUDA_PATH").map(System::getenv).flatMap(Nvrtc::path),
            Stream.of(USUAL_TOOLKIT))
        .toList();
  }

  private static Stream<Path> path(@Nullable String text) {
    try {
      return text == null || text.isBlank() ? Stream.empty() : Stream.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Stream.empty();
    }
  }

  /** Files and names of libraries, the likeliest first. */
  static List<String> candidates(@Nullable String named, List<Path> toolkits) {
    if (named != null && !named.isBlank()) {
      return List.of(named);
    }
    List<String> candidates = new ArrayList<>(NAMES);
    for (Path toolkit : toolkits) {
      FOLDERS.stream()
          .map(folder -> toolkit.resolve(folder).resolve("libnvrtc.so"))
          .filter(Files::exists)
          .map(Path::toString)
          .forEach(candidates::add);
    }
    return List.copyOf(candidates);
  }

  /** What NVRTC loads by name: outside of the system's directories it would not be found. */
  private static byte[] builtinsBeside(String library) {
    Path folder = library.contains("/") ? Path.of(library).toAbsolutePath().getParent() : null;
    if (folder == null) {
      return NOTHING;
    }
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> found =
          files.filter(file -> isBuiltins(Objects.requireNonNull(file.getFileName()))).findFirst();
      return found.map(file -> file.toString().getBytes(StandardCharsets.UTF_8)).orElse(NOTHING);
    } catch (IOException e) {
      return NOTHING; // Opening the library itself will say what is wrong with its place.
    }
  }

  private static boolean isBuiltins(Path name) {
    return name.toString().startsWith("libnvrtc-builtins.so");
  }

  /** Its version, such as 12.9. */
  String version() {
    int version = CudaCalls.compilerVersion(handle);
    if (version < 0) {
      throw failed("tells no version");
    }
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** Whether it can make machine code for a compute capability, such as 90 for 9.0. */
  boolean knows(int capability) {
    return CudaCalls.compilerKnows(handle, capability) == 1;
  }

  /**
   * Compiles a program.
   *
   * @param arch {@code sm_90a} and its like for machine code, {@code compute_80} and its like for
   *     PTX
   * @throws BackendException if it is refused, with the compiler's log
   */
  byte[] compile(String source, String arch) {
    byte[] text = source.getBytes(StandardCharsets.UTF_8);
    byte[] options =
        ("-arch=" + arch + "\0" + String.join("\0", OPTIONS)).getBytes(StandardCharsets.UTF_8);
    int machineCode = arch.startsWith("sm_") ? 1 : 0;
    long bytes = CudaCalls.compile(handle, text, text.length, options, options.length, machineCode);
    if (bytes <= 0) {
      throw failed("does not compile the kernels for " + arch);
    }
    byte[] image = new byte[Math.toIntExact(bytes)];
    if (CudaCalls.compilerImage(handle, image, image.length) != CudaCalls.OK) {
      throw failed("lost what it compiled for " + arch);
    }
    return image;
  }

  private BackendException failed(String what) {
    return new BackendException("NVRTC (" + library + ") " + what + ": " + told(handle));
  }

  private static String told(long handle) {
    byte[] text = new byte[LONGEST_MESSAGE];
    int length = Math.max(0, CudaCalls.compilerMessage(handle, text, text.length));
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    CudaCalls.compilerClose(handle);
  }
}
