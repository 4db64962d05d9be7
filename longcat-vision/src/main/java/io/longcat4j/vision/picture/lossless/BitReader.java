package io.longcat4j.vision.picture.lossless;

import java.io.EOFException;
import java.io.IOException;

/** Bits of a byte array, the lowest of a byte first. Fails behind the last one. */
final class BitReader {
  private final byte[] content;
  private int position;
  private long window;
  private int count;

  BitReader(byte[] content, int from) {
    this.content = content;
    this.position = from;
  }

  /** A number of up to 24 bits. */
  int read(int bits) throws IOException {
    int value = peek(bits);
    skip(bits);
    return value;
  }

  boolean readFlag() throws IOException {
    return read(1) != 0;
  }

  /** The next bits without going on; zeros behind the last one. */
  int peek(int bits) {
    if (count < bits) {
      fill();
    }
    return (int) (window & ((1L << bits) - 1));
  }

  void skip(int bits) throws IOException {
    if (count < bits) {
      throw new EOFException("it is cut off");
    }
    window >>>= bits;
    count -= bits;
  }

  private void fill() {
    while (count <= 48 && position < content.length) {
      window |= (content[position++] & 0xffL) << count;
      count += 8;
    }
  }
}
