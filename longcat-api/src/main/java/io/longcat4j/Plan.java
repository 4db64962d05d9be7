package io.longcat4j;

import java.util.Locale;

/**
 * What a checkpoint will need, told before it is loaded.
 *
 * @param weightBytes the language model's weights, memory-mapped: they should fit into memory
 *     beside everything else, or every token waits for the disk
 * @param encoderBytes weights of the encoders and the voice, held in memory in F32
 * @param contextLength upper bound of the positions of one request
 * @param cacheBytesPerPosition latent keys and values of one position in all layers
 * @param cachePositions positions of all requests together that the cache holds, as {@link
 *     Scheduling} asks
 * @param memoryBytes the machine's memory
 */
public record Plan(
    long weightBytes,
    long encoderBytes,
    int contextLength,
    long cacheBytesPerPosition,
    int cachePositions,
    long memoryBytes) {

  /**
   * The full cache of all requests and of what is kept for later ones.
   *
   * @return bytes
   */
  public long cacheBytes() {
    return Math.multiplyExact(cacheBytesPerPosition, (long) cachePositions);
  }

  /**
   * Everything, with a full cache.
   *
   * @return bytes
   */
  public long totalBytes() {
    return Math.addExact(Math.addExact(weightBytes, encoderBytes), cacheBytes());
  }

  /**
   * Whether weights, encoders and the full cache fit into the machine's memory.
   *
   * @return false if they would be paged in and out
   */
  public boolean fits() {
    return totalBytes() <= memoryBytes;
  }

  /**
   * The figures, and what to do where they do not fit.
   *
   * @return several lines for a person to read
   */
  public String describe() {
    return String.join(
        System.lineSeparator(),
        line("weights, mapped", weightBytes),
        line("encoders and voice", encoderBytes),
        line("cache of " + cachePositions + " positions", cacheBytes()),
        line("in all", totalBytes()),
        line("memory of this machine", memoryBytes),
        verdict());
  }

  private String verdict() {
    if (fits()) {
      return "It fits.";
    }
    if (weightBytes + encoderBytes <= memoryBytes) {
      long positions = (memoryBytes - weightBytes - encoderBytes) / cacheBytesPerPosition;
      return "It fits with a cache of "
          + positions
          + " positions: ask for cacheBytes("
          + positions * cacheBytesPerPosition
          + ") or less.";
    }
    return "It does not fit: weights will be read from disk for every token. Use a checkpoint in FP8"
        + " or a machine with more memory.";
  }

  private static String line(String what, long bytes) {
    return String.format(Locale.ROOT, "%-32s %12.3f GB", what, bytes / 1e9);
  }
}
