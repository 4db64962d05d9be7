package io.longcat4j.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The printable character that stands for each byte in byte-level vocabularies, as GPT-2 defined
 * it: printable Latin-1 stands for itself, the 68 others follow from U+0100.
 */
final class ByteAlphabet {
  /** One more than the largest character that stands for a byte. */
  static final int BOUND = 0x144;

  private static final char[] CHAR_OF_BYTE = new char[256];
  private static final short[] BYTE_OF_CHAR = new short[BOUND];

  static {
    java.util.Arrays.fill(BYTE_OF_CHAR, (short) -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xff && b != 0xad);
      char c = (char) (printable ? b : next++);
      CHAR_OF_BYTE[b] = c;
      BYTE_OF_CHAR[c] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The bytes of a text in UTF-8, each as its character. */
  static String encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] chars = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      chars[i] = CHAR_OF_BYTE[bytes[i] & 0xff];
    }
    return new String(chars);
  }

  /** The bytes a token stands for; a token with any other character stands for its own UTF-8. */
  static byte[] decode(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BOUND || BYTE_OF_CHAR[c] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTE_OF_CHAR[c];
    }
    return bytes;
  }
}
