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
  default int[] ids(int rows) {
    int[] ids = new int[Math.multiplyExact(Math.max(0, rows), topK())];
    readIds(rows, ids);
    return ids;
  }

  /**
   * A window on the picks of some tokens, to be filled by itself; it keeps these picks alive, and
   * closing it does nothing. Picks that windows filled one behind the other are read here at once.
   *
   * @param from the first token
   * @param count how many at most
   * @return the window
   * @throws IndexOutOfBoundsException if there is no such room
   */
  Routing rows(int from, int count);

  /**
   * Copies the picked ids; waits for the stream that fills them.
   *
   * @param rows the tokens of the last routing
   * @param into receives {@code rows * topK} ids, token by token, best first; may be longer
   * @throws IndexOutOfBoundsException if there are fewer tokens or less room
   */
  void readIds(int rows, int[] into);

  /**
   * The weights of the picked; waits for the stream that fills them.
   *
   * @param rows the tokens of the last routing
   * @return {@code rows * topK} weights beside the ids
   */
  float[] weights(int rows);

  /**
   * Puts picks there that were made elsewhere.
   *
   * @param count tokens
   * @param ids {@code count * topK}, token by token; may be longer
   * @param weights beside the ids
   * @throws IndexOutOfBoundsException if there are fewer numbers, or no room for the tokens
   * @throws UnsupportedOperationException if this backend fills its picks only itself
   */
  default void fill(int count, int[] ids, float[] weights) {
    throw new UnsupportedOperationException("these picks are made by a router alone");
  }

  /** Frees the memory; idempotent. */
  @Override
  void close();
}
