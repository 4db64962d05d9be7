package io.longcat4j.audio;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** Numbers that wait to be taken in their order. Not thread-safe. */
final class FloatQueue {
  private float[] values = {};
  private int size;

  /** The same numbers in a queue of their own. */
  FloatQueue copy() {
    FloatQueue copy = new FloatQueue();
    copy.values = Arrays.copyOf(values, size);
    copy.size = size;
    return copy;
  }

  int size() {
    return size;
  }

  void add(FloatBuffer more) {
    int count = more.remaining();
    int needed = Math.addExact(size, count);
    if (needed > values.length) {
      values = Arrays.copyOf(values, Math.max(needed, size + size / 2));
    }
    more.duplicate().get(values, size, count);
    size = needed;
  }

  /** The first {@code count} numbers, which are not here any more afterwards. */
  float[] take(int count) {
    float[] taken = Arrays.copyOf(values, count);
    drop(count);
    return taken;
  }

  /** The numbers from {@code from} on to {@code to}, which stay here. */
  float[] peek(int from, int to) {
    return Arrays.copyOfRange(values, from, to);
  }

  void drop(int count) {
    System.arraycopy(values, count, values, 0, size - count);
    size -= count;
  }

  void clear() {
    values = new float[0];
    size = 0;
  }
}
