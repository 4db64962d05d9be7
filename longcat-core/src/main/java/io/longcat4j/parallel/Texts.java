package io.longcat4j.parallel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Texts and numbers in frames; what is read is checked before it is believed. */
final class Texts {
  private static final int MOST_BYTES = 8_000;

  private Texts() {}

  static void put(ByteBuffer into, String text) {
    putBytes(into, text.getBytes(StandardCharsets.UTF_8));
  }

  static void putBytes(ByteBuffer into, byte[] bytes) {
    int length = Math.min(bytes.length, MOST_BYTES);
    into.putInt(length).put(bytes, 0, length);
  }

  static String get(ByteBuffer from) throws MalformedFrameException {
    return new String(getBytes(from), StandardCharsets.UTF_8);
  }

  static byte[] getBytes(ByteBuffer from) throws MalformedFrameException {
    byte[] bytes = new byte[number(from, 0, Math.min(MOST_BYTES, from.remaining()))];
    if (bytes.length > from.remaining()) {
      throw new MalformedFrameException("a text longer than its frame");
    }
    from.get(bytes);
    return bytes;
  }

  static int number(ByteBuffer from, int fewest, int most) throws MalformedFrameException {
    if (from.remaining() < Integer.BYTES) {
      throw new MalformedFrameException("a frame that ends too early");
    }
    return within(from.getInt(), fewest, most);
  }

  static int within(long number, int fewest, int most) throws MalformedFrameException {
    if (number < fewest || number > most) {
      throw new MalformedFrameException(
          "the number %d where %d to %d may be".formatted(number, fewest, most));
    }
    return (int) number;
  }

  static long size(ByteBuffer from) throws MalformedFrameException {
    if (from.remaining() < Long.BYTES) {
      throw new MalformedFrameException("a frame that ends too early");
    }
    long size = from.getLong();
    if (size < 0) {
      throw new MalformedFrameException("a negative size");
    }
    return size;
  }

  static void requireEnd(ByteBuffer from) throws MalformedFrameException {
    if (from.hasRemaining()) {
      throw new MalformedFrameException("a frame with " + from.remaining() + " bytes too many");
    }
  }
}
