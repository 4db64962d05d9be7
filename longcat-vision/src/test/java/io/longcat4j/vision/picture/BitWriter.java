package io.longcat4j.vision.picture;

import java.io.ByteArrayOutputStream;

/** Bits to bytes, the lowest of a byte first. */
final class BitWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long window;
  private int count;

  void put(int value, int bits) {
    window |= (long) value << count;
    count += bits;
    while (count >= 8) {
      bytes.write((int) window);
      window >>>= 8;
      count -= 8;
    }
  }

  byte[] toByteArray() {
    if (count > 0) {
      put(0, 8 - count);
    }
    return bytes.toByteArray();
  }
}
