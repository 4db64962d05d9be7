package io.longcat4j.compute;

/**
 * What the rows of a pass are, in a backend's memory: at which position of which sequence each is,
 * which pages hold the sequence, and what its heads look at. {@link Stream#plan} fills it once a
 * pass and checks it once; {@link Stream#rotate}, {@link Stream#scatter} and {@link
 * Stream#latentAttention} then use it as often as there are blocks. Used again by the next pass
 * without allocating. Not thread-safe: streams order all access.
 */
public interface RowPlan extends AutoCloseable {
  /**
   * Rows of the plan.
   *
   * @return 0 before it is first filled
   */
  int rows();

  /** Frees the memory; idempotent. */
  @Override
  void close();
}
