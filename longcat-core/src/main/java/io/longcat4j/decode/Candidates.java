package io.longcat4j.decode;

import java.util.Arrays;

/**
 * Ids in the order of falling logits, the lower id first where two are equal, found one by one: the
 * first {@code k} of {@code n} cost {@code O(n + k log n)}. Keeps its memory from step to step. Not
 * thread-safe.
 */
final class Candidates {
  /** Of so many ids one is wanted at most where the others are passed by. */
  private static final int FEW = 16;

  /** A heap; the smallest key is the best candidate, its low half is the id. */
  private long[] keys = new long[0];

  private int size;

  /** Takes all ids but those that are ruled out by a logit of negative infinity. */
  void fill(float[] logits) {
    fill(logits, logits.length);
  }

  /** Takes the best ids, as many as are wanted if there are so many that are not ruled out. */
  void fill(float[] logits, int wanted) {
    clear();
    if (wanted < logits.length / FEW) {
      takeBest(logits, wanted);
    } else {
      reserve(logits.length);
      for (int id = 0; id < logits.length; id++) {
        if (logits[id] != Float.NEGATIVE_INFINITY) {
          keys[size++] = key(logits[id], id);
        }
      }
    }
    order();
  }

  /** Takes as long as there are no more than are wanted, then instead of the worst one. */
  private void takeBest(float[] logits, int wanted) {
    reserve(wanted);
    float least = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      // Of equal logits the lower id has come before.
      if (logits[id] <= least) {
        continue;
      }
      if (size < wanted) {
        keys[size++] = ~key(logits[id], id);
        if (size < wanted) {
          continue;
        }
        order();
      } else {
        sink(0, ~key(logits[id], id));
      }
      least = logits[(int) ~keys[0]];
    }
    for (int i = 0; i < size; i++) {
      keys[i] = ~keys[i];
    }
  }

  private void reserve(int most) {
    if (keys.length < most) {
      keys = Arrays.copyOf(keys, Math.max(most, 2 * keys.length));
    }
  }

  /** Begins to take ids one by one. */
  void clear() {
    size = 0;
  }

  /** Takes an id, before {@link #order}. */
  void add(float logit, int id) {
    reserve(size + 1);
    keys[size++] = key(logit, id);
  }

  /** Ends taking ids. */
  void order() {
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
