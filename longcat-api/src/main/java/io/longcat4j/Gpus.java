package io.longcat4j;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Which GPUs compute the language model, and how much of them it may have. Says nothing where
 * another backend computes. Immutable.
 *
 * @param numbers as the driver counts them, in the order in which the ranks of a host take them;
 *     none for all that there are
 * @param memoryBytes the most that each rank takes of its device's memory; empty for what it needs,
 *     as far as that is free
 * @param shared whether several ranks may be on one device
 * @param expertsOnHost whether the experts stay in memory of the host and are computed there by the
 *     processor, beside the dense part on the GPU
 */
public record Gpus(
    List<Integer> numbers, OptionalLong memoryBytes, boolean shared, boolean expertsOnHost) {
  private static final long LEAST_BYTES = 64L << 20;

  /** Checks and keeps a list of its own. */
  public Gpus {
    numbers = List.copyOf(numbers);
    Objects.requireNonNull(memoryBytes, "memoryBytes");
    if (numbers.stream().anyMatch(number -> number < 0)
        || numbers.stream().distinct().count() < numbers.size()) {
      throw new InvalidRequestException(
          "The GPUs " + numbers + " were named; pass different numbers from 0 on");
    }
    if (memoryBytes.isPresent() && memoryBytes.getAsLong() < LEAST_BYTES) {
      throw new InvalidRequestException(
          "A GPU may give "
              + memoryBytes.getAsLong()
              + " bytes of memory; allow at least "
              + LEAST_BYTES);
    }
  }

  /**
   * Each rank of a host has a device of its own, in the order of the driver, and takes of it what
   * it needs.
   *
   * @return the default
   */
  public static Gpus all() {
    return new Gpus(
        List.of(), OptionalLong.empty(), /* shared= */ false, /* expertsOnHost= */ false);
  }

  /**
   * Some of the devices.
   *
   * @param numbers as the driver counts them; the ranks of a host take them in this order
   * @return a new value
   * @throws InvalidRequestException if a number is negative or named twice
   */
  public Gpus only(Integer... numbers) {
    return new Gpus(List.of(numbers), memoryBytes, shared, expertsOnHost);
  }

  /**
   * Bounds what each rank takes of its device's memory, so that others find room there.
   *
   * @param bytes at least 64 MiB
   * @return a new value
   * @throws InvalidRequestException if they are fewer
   */
  public Gpus memory(long bytes) {
    return new Gpus(numbers, OptionalLong.of(bytes), shared, expertsOnHost);
  }

  /**
   * Lets several ranks be on one device, in turn over those that there are: for trying out, since
   * ranks only take each other's time there.
   *
   * @return a new value
   */
  public Gpus sharing() {
    return new Gpus(numbers, memoryBytes, /* shared= */ true, expertsOnHost);
  }

  /**
   * Leaves the experts to the processor: for a GPU that has no room for them. Most of what a single
   * token reads is dense and stays on the GPU.
   *
   * @return a new value
   */
  public Gpus withExpertsOnHost() {
    return new Gpus(numbers, memoryBytes, shared, /* expertsOnHost= */ true);
  }
}
