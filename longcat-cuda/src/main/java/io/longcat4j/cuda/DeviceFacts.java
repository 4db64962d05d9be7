package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a driver tells of a device.
 *
 * @param name as the maker calls it
 * @param driverVersion such as 12040 for 12.4
 * @param devices that the driver has
 * @param capability such as 90 for 9.0
 * @param multiprocessors of the device
 * @param totalBytes of its memory
 * @param freeBytes of these, before anything was opened
 */
record DeviceFacts(
    String name,
    int driverVersion,
    int devices,
    int capability,
    int multiprocessors,
    long totalBytes,
    long freeBytes) {
  static final DeviceFacts UNKNOWN = new DeviceFacts("device", 0, 0, 0, 0, 0, 0);

  private static final int LONGEST_NAME = 256;

  /** Those whose own machine code is built; what older ones run knows no products of FP8. */
  private static final Set<Integer> FP8_GENERATIONS = Set.of(9, 10, 12);

  /**
   * Asks the driver.
   *
   * @param backend native
   * @param device its number
   * @param told why it failed
   * @throws BackendException if there is no driver or no such device
   */
  static DeviceFacts of(long backend, int device, Supplier<String> told) {
    long[] facts = new long[6];
    if (CudaCalls.facts(backend, device, facts, facts.length) != CudaCalls.OK) {
      throw new BackendException(told.get());
    }
    byte[] name = new byte[LONGEST_NAME];
    int length = CudaCalls.deviceName(backend, device, name, name.length);
    return new DeviceFacts(
        new String(name, 0, Math.max(0, length), StandardCharsets.UTF_8),
        (int) facts[0],
        (int) facts[1],
        (int) facts[2],
        (int) facts[3],
        facts[4],
        facts[5]);
  }

  /**
   * Refuses numerics that the kernels for this device cannot compute.
   *
   * @throws BackendException with the remedy
   */
  void requireNumerics(Numerics numerics) {
    boolean multipliesFp8 = FP8_GENERATIONS.contains(capability / 10);
    if (numerics == Numerics.FP8 && !multipliesFp8) {
      throw new BackendException(
          "%s has compute capability %d.%d, but FP8 numerics need 9.0 (Hopper), 10.0 or 12.0; pass bf16"
              .formatted(name, capability / 10, capability % 10));
    }
  }
}
