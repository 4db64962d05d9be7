package io.longcat4j;

/**
 * What one rank will hold, in bytes.
 *
 * @param rank from 0
 * @param host the index of its host; ranks on one host share its memory
 * @param mappedBytes slices and experts that stay mapped from the checkpoint's files
 * @param copiedBytes slices of columns, which are copied into memory of the rank's own
 * @param replicatedBytes mapped too, but whole on every rank: router, low-rank projections, norms,
 *     tables; a host holds them once, however many ranks it has
 * @param tableBytes the part of {@code replicatedBytes} that is embeddings: only the rows of tokens
 *     that were named are ever touched
 * @param speechBytes the heads that speak, mapped, on rank 0 alone
 * @param cacheBytes the full cache of all requests; each rank has all of it
 * @param encoderBytes encoders and voice, on the one rank that {@link Parallel#encodersOn()} names
 * @param passBytes what every pass of a text reads of the weights, experts left out
 * @param expertBytes the part of {@code mappedBytes} and {@code copiedBytes} that is experts: a
 *     pass reads those that its tokens pick
 */
public record RankPlan(
    int rank,
    int host,
    long mappedBytes,
    long copiedBytes,
    long replicatedBytes,
    long tableBytes,
    long speechBytes,
    long cacheBytes,
    long encoderBytes,
    long passBytes,
    long expertBytes) {

  /**
   * All that this rank adds to its host beside what ranks share.
   *
   * @return bytes
   */
  public long ownBytes() {
    return Math.addExact(
        Math.addExact(
            Math.addExact(mappedBytes, copiedBytes), Math.addExact(speechBytes, cacheBytes)),
        encoderBytes);
  }

  /**
   * All that this rank uses.
   *
   * @return bytes; {@code replicatedBytes} may be shared with other ranks of the host
   */
  public long totalBytes() {
    return Math.addExact(ownBytes(), replicatedBytes);
  }

  RankPlan onHost(int other) {
    return new RankPlan(
        rank,
        other,
        mappedBytes,
        copiedBytes,
        replicatedBytes,
        tableBytes,
        speechBytes,
        cacheBytes,
        encoderBytes,
        passBytes,
        expertBytes);
  }
}
