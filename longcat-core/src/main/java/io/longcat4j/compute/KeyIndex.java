package io.longcat4j.compute;

/**
 * What an approximate choice of positions knows of the rows of a latent cache, in a backend's
 * memory: for each slot the row in 8-bit integers, or for each page the least and the greatest of
 * each column, in 8-bit integers too. Written by {@link Stream#index} after the rows, copied by
 * {@link Stream#copyIndex} with them, read by {@link Stream#latentAttention}. Not thread-safe:
 * streams order all access.
 */
public interface KeyIndex extends AutoCloseable {
  /**
   * What it was made for.
   *
   * @return kind and sizes
   */
  IndexShape shape();

  /** Frees the memory; idempotent. */
  @Override
  void close();
}
