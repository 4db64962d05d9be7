package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The kernels as a program for a device: its machine code, else PTX, which the driver compiles,
 * both of a build with {@code -Pcuda}; else what NVRTC makes of the sources on this machine.
 */
final class KernelImage {
  private static final int LEAST_CAPABILITY = 80;

  private KernelImage() {}

  /**
   * The program that a device runs.
   *
   * @param facts of the device
   * @return a direct buffer that ends with a zero
   * @throws BackendException if this build has none for it, and NVRTC is missing or refuses
   */
  static ByteBuffer of(DeviceFacts facts) {
    int capability = facts.capability();
    if (capability < LEAST_CAPABILITY) {
      throw new BackendException(
          "%s has compute capability %d.%d, but the kernels need 8.0 (Ampere) or newer"
              .formatted(facts.name(), capability / 10, capability % 10));
    }
    byte[] image = read("kernels." + target(capability) + ".cubin");
    if (image == null) {
      image = read("kernels.compute_80.ptx");
    }
    return direct(image == null ? compiled(capability) : image);
  }

  private static byte[] compiled(int capability) {
    try (Nvrtc compiler = Nvrtc.open()) {
      return new CompiledHere(compiler, KernelSource.whole())
          .program(capability, target(capability));
    } catch (BackendException e) {
      throw new BackendException(
          "this longcat-cuda was built without compiled kernels (-Pcuda), and they cannot be compiled"
              + " here: "
              + e.getMessage(),
          e);
    }
  }

  private static ByteBuffer direct(byte[] image) {
    return ByteBuffer.allocateDirect(image.length + 1).put(image).position(0);
  }

  /**
   * Machine code runs on the devices of one generation; sm_80 also on its successors 8.6 and 8.9.
   */
  private static String target(int capability) {
    return switch (capability / 10) {
      case 8 -> "sm_80";
      case 9 -> "sm_90a";
      case 10 -> "sm_100";
      case 12 -> "sm_120";
      default -> "sm_" + capability;
    };
  }

  private static byte @Nullable [] read(String name) {
    try (InputStream file = KernelImage.class.getResourceAsStream("kernels/" + name)) {
      return file == null ? null : file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
