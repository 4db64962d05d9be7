package io.longcat4j.compute;

/** The picks of a router for some tokens, filled by {@link Stream#route}. */
public interface Routing extends AutoCloseable {
  /**
   * Picks of each token.
   *
   * @return at least 1
   */
  int topK();

  /**
   * The picked ids; waits for the stream that fills them.
   *
   * @param rows the tokens of the last routing
   * @return {@code rows * topK} ids, token by token, best first
   */
  int[] ids(int rows);

  /**
   * The weights of the picked; waits for the stream that fills them.
   *
   * @param rows the tokens of the last routing
   * @return {@code rows * topK} weights beside the ids
   */
  float[] weights(int rows);

  /** Frees the memory; idempotent. */
  @Override
  void close();
}
