package io.longcat4j.cuda;

import io.longcat4j.natives.NativeCache;
import io.longcat4j.natives.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kernels that are compiled on the machine where they run. What was made is kept in the cache of
 * native libraries, named after source, target and version of the compiler.
 */
final class CompiledHere {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledHere.class);
  private static final String PTX = "compute_80";
  private static final int DIGEST_BYTES = 32;
  private static final int DIGITS_IN_NAMES = 24;

  private final Nvrtc compiler;
  private final String source;

  CompiledHere(Nvrtc compiler, String source) {
    this.compiler = compiler;
    this.source = source;
  }

  /**
   * The program for a device.
   *
   * @param capability of the device, such as 90 for 9.0
   * @param target its machine code, such as {@code sm_90a}
   * @return machine code, or PTX where the compiler is older than the device
   * @throws io.longcat4j.BackendException if the compiler refuses
   */
  byte[] program(int capability, String target) {
    String arch = compiler.knows(capability) ? target : PTX;
    try {
      return program(NativeCache.directory(), arch);
    } catch (IOException e) {
      LOG.warn(
          "The GPU's kernels are compiled at each start, because they cannot be kept; {}",
          NativeCache.REMEDY,
          e);
      return compile(arch);
    }
  }

  /** Kept, or made now. */
  byte[] program(PrivateDirectory cache, String arch) throws IOException {
    Path file = cache.path().resolve("cuda").resolve(fileName(arch));
    Optional<byte[]> kept = cache.read(file).flatMap(CompiledHere::opened);
    if (kept.isPresent()) {
      return kept.get();
    }
    byte[] made = compile(arch);
    cache.write(file, sealed(made));
    return made;
  }

  private String fileName(String arch) {
    byte[] name = digest(source.getBytes(StandardCharsets.UTF_8));
    String digits = HexFormat.of().formatHex(name).substring(0, DIGITS_IN_NAMES);
    return "kernels-" + digits + "-" + arch + "-nvrtc" + compiler.version() + ".bin";
  }

  private byte[] compile(String arch) {
    LOG.warn(
        "This longcat-cuda has no compiled kernels: compiling them for {} by NVRTC {}, which takes"
            + " up to a minute",
        arch,
        compiler.version());
    return compiler.compile(source, arch);
  }

  /**
   * With its digest behind it: what a crash or a full disk has cut short is not taken for whole.
   */
  private static byte[] sealed(byte[] program) {
    byte[] all = Arrays.copyOf(program, program.length + DIGEST_BYTES);
    System.arraycopy(digest(program), 0, all, program.length, DIGEST_BYTES);
    return all;
  }

  private static Optional<byte[]> opened(byte[] file) {
    int length = Math.max(0, file.length - DIGEST_BYTES);
    byte[] program = Arrays.copyOf(file, length);
    byte[] digest = Arrays.copyOfRange(file, length, file.length);
    return Arrays.equals(digest, digest(program)) ? Optional.of(program) : Optional.empty();
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }
}
