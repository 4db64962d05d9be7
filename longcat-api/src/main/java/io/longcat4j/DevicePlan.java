package io.longcat4j;

import java.util.Locale;

/**
 * What one rank will hold in the memory of its GPU, in bytes. Encoders and the voice are not there.
 *
 * @param rank of this host, from 0
 * @param device as the driver counts
 * @param name as the maker calls it
 * @param weightBytes this rank's part of the language model, as it is on disk, experts left out
 *     where {@link Gpus#withExpertsOnHost()} leaves them to the processor
 * @param workBytes at most for passes, the scratch of kernels included
 * @param cacheBytes the full cache of all requests
 * @param availableBytes what it may take: what is free now, and no more than {@link
 *     Gpus#memory(long)} allows
 */
public record DevicePlan(
    int rank,
    int device,
    String name,
    long weightBytes,
    long workBytes,
    long cacheBytes,
    long availableBytes) {
  /**
   * All of it.
   *
   * @return bytes
   */
  public long totalBytes() {
    return Math.addExact(weightBytes, Math.addExact(workBytes, cacheBytes));
  }

  /**
   * Whether the device has room for it.
   *
   * @return false if loading would fail
   */
  public boolean fits() {
    return totalBytes() <= availableBytes;
  }

  /**
   * The figures.
   *
   * @return one line for a person to read
   */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "rank %d on GPU %d (%s): weights %.3f GB, passes %.3f GB, cache %.3f GB: %.3f GB of %.3f GB",
        rank,
        device,
        name,
        weightBytes / 1e9,
        workBytes / 1e9,
        cacheBytes / 1e9,
        totalBytes() / 1e9,
        availableBytes / 1e9);
  }
}
