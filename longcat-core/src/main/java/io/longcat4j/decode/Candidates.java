package io.longcat4j.decode;

/**
 * Ids in the order of falling logits, the lower id first where two are equal, found one by one: the
 * first {@code k} of {@code n} cost {@code O(n + k log n)}. Keeps its memory from step to step. Not
 * thread-safe.
 */
final class Candidates {
  /** A heap; the smallest key is the best candidate, its low half is the id. */
  private long[] keys = new long[0];

  private int size;

  /** Takes all ids but those that are ruled out by a logit of negative infinity. */
  void fill(float[] logits) {
    if (keys.length < logits.length) {
      keys = new long[logits.length];
    }
    size = 0;
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] != Float.NEGATIVE_INFINITY) {
        keys[size++] = key(logits[id], id);
      }
    }
    for (int i = (size >>> 1) - 1; i >= 0; i--) {
      sink(i, keys[i]);
    }
  }

  /** How many are left. */
  int size() {
    return size;
  }

  /** Removes the best one that is left; there must be one. */
  int poll() {
    int id = (int) keys[0];
    size--;
    if (size > 0) {
      sink(0, keys[size]);
    }
    return id;
  }

  /** The id of the best one that is left; there must be one. */
  int peek() {
    return (int) keys[0];
  }

  private void sink(int from, long key) {
    int at = from;
    int half = size >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < size && keys[child + 1] < keys[child]) {
        child++;
      }
      if (key <= keys[child]) {
        break;
      }
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = key;
  }

  /** Orders by falling logit, then by rising id. */
  private static long key(float logit, int id) {
    int bits = Float.floatToIntBits(logit + 0f);
    int rising = bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
    return ((long) (~rising ^ Integer.MIN_VALUE) << 32) | id;
  }
}
