package io.longcat4j.cuda;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where kernels run. */
sealed interface DeviceKind {
  /** The native machine that has the devices, or 0. */
  long openMachine();

  /** The kernels' program for a device; null where none is needed. */
  @Nullable ByteBuffer image(DeviceFacts facts);

  /** Devices of the driver of this machine. */
  record Hardware() implements DeviceKind {
    @Override
    public long openMachine() {
      return CudaCalls.machineOpen(0, 0, 0);
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
   * @param linked whether they can reach each other's memory
   */
  record Emulated(int devices, long bytesEach, boolean linked) implements DeviceKind {
    @Override
    public long openMachine() {
      return CudaCalls.machineOpen(devices, bytesEach, linked ? 1 : 0);
    }

    @Override
    public @Nullable ByteBuffer image(DeviceFacts facts) {
      return null;
    }
  }
}
