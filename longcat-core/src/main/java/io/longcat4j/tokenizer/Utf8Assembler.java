package io.longcat4j.tokenizer;

/**
 * Puts characters together from UTF-8 bytes that arrive in any portions. Invalid bytes become
 * U+FFFD, one for each maximal part of a character, as the Unicode standard recommends. Not
 * thread-safe.
 */
final class Utf8Assembler {
  private static final char REPLACEMENT = '\ufffd';

  private int missing;
  private int codePoint;
  private int lowest = 0x80;
  private int highest = 0xbf;

  void append(byte[] bytes, StringBuilder out) {
    for (byte b : bytes) {
      append(b & 0xff, out);
    }
  }

  /** Ends the text: a character that has not arrived as a whole is replaced. */
  void finish(StringBuilder out) {
    if (missing > 0) {
      reset();
      out.append(REPLACEMENT);
    }
  }

  private void append(int b, StringBuilder out) {
    if (missing > 0) {
      if (b >= lowest && b <= highest) {
        proceed(b, out);
        return;
      }
      finish(out);
    }
    begin(b, out);
  }

  private void proceed(int b, StringBuilder out) {
    lowest = 0x80;
    highest = 0xbf;
    codePoint = codePoint << 6 | (b & 0x3f);
    if (--missing == 0) {
      out.appendCodePoint(codePoint);
      reset();
    }
  }

  private void begin(int b, StringBuilder out) {
    if (b < 0x80) {
      out.append((char) b);
    } else if (b >= 0xc2 && b <= 0xdf) {
      expect(1, b & 0x1f);
    } else if (b >= 0xe0 && b <= 0xef) {
      expect(2, b & 0xf);
      lowest = b == 0xe0 ? 0xa0 : 0x80;
      highest = b == 0xed ? 0x9f : 0xbf;
    } else if (b >= 0xf0 && b <= 0xf4) {
      expect(3, b & 7);
      lowest = b == 0xf0 ? 0x90 : 0x80;
      highest = b == 0xf4 ? 0x8f : 0xbf;
    } else {
      out.append(REPLACEMENT);
    }
  }

  private void expect(int bytes, int leading) {
    missing = bytes;
    codePoint = leading;
  }

  private void reset() {
    expect(0, 0);
    lowest = 0x80;
    highest = 0xbf;
  }
}
