package io.longcat4j.cuda;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where kernels run. */
sealed interface DeviceKind {
  /** A native backend, or 0. */
  long create();

  /** The kernels' program for a device; null where none is needed. */
  @Nullable ByteBuffer image(DeviceFacts facts);

  /** Devices of the driver of this machine. */
  record Hardware() implements DeviceKind {
    @Override
    public long create() {
      return CudaCalls.create(0, 0, 0);
    }

    @Override
    public ByteBuffer image(DeviceFacts facts) {
      return KernelImage.of(facts);
    }
  }

  /**
   * Devices that are emulated on the CPU.
   *
   * @param devices how many
   * @param bytesEach memory of each
   */
  record Emulated(int devices, long bytesEach) implements DeviceKind {
    @Override
    public long create() {
      return CudaCalls.create(1, devices, bytesEach);
    }

    @Override
    public @Nullable ByteBuffer image(DeviceFacts facts) {
      return null;
    }
  }
}
