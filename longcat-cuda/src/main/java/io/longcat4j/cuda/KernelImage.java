package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The kernels as a program for a device: its machine code, else PTX, which the driver compiles. */
final class KernelImage {
  private static final int LEAST_CAPABILITY = 80;

  private KernelImage() {}

  /**
   * The program that a device runs.
   *
   * @param facts of the device
   * @return a direct buffer that ends with a zero
   * @throws BackendException if this build has none for it
   */
  static ByteBuffer of(DeviceFacts facts) {
    int capability = facts.capability();
    if (capability < LEAST_CAPABILITY) {
      throw new BackendException(
          "%s has compute capability %d.%d, but the kernels need 8.0 (Ampere) or newer"
              .formatted(facts.name(), capability / 10, capability % 10));
    }
    ByteBuffer image = read("kernels." + target(capability) + ".cubin");
    if (image == null) {
      image = read("kernels.compute_80.ptx");
    }
    if (image == null) {
      throw new BackendException(
          "this longcat-cuda was built without compiled kernels; build it with -Pcuda");
    }
    return image;
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

  private static @Nullable ByteBuffer read(String name) {
    try (InputStream file = KernelImage.class.getResourceAsStream("kernels/" + name)) {
      if (file == null) {
        return null;
      }
      byte[] bytes = file.readAllBytes();
      return ByteBuffer.allocateDirect(bytes.length + 1).put(bytes).position(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
