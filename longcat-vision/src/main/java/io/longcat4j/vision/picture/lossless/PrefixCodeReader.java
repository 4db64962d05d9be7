package io.longcat4j.vision.picture.lossless;

import java.io.IOException;
import java.util.Arrays;

/** Reads how prefix codes are written down. */
final class PrefixCodeReader {
  private static final int[] LENGTH_ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };
  private static final int FIRST_REPETITION = 16;
  private static final int USUAL_LENGTH = 8;

  private final BitReader bits;

  PrefixCodeReader(BitReader bits) {
    this.bits = bits;
  }

  PrefixCode read(int symbols) throws IOException {
    return PrefixCode.of(bits.readFlag() ? simple(symbols) : lengths(symbols));
  }

  /** One or two symbols, with codes of one bit. */
  private int[] simple(int symbols) throws IOException {
    int[] lengths = new int[Math.max(symbols, 256)];
    boolean two = bits.readFlag();
    lengths[bits.read(bits.readFlag() ? 8 : 1)] = 1;
    if (two) {
      lengths[bits.read(8)] = 1;
    }
    return symbols < lengths.length ? Arrays.copyOf(lengths, symbols) : lengths;
  }

  private int[] lengths(int symbols) throws IOException {
    int[] lengthsOfLengths = new int[LENGTH_ORDER.length];
    int given = 4 + bits.read(4);
    for (int i = 0; i < given; i++) {
      lengthsOfLengths[LENGTH_ORDER[i]] = bits.read(3);
    }
    PrefixCode code = PrefixCode.of(lengthsOfLengths);
    int codes = symbols;
    if (bits.readFlag()) {
      codes = 2 + bits.read(2 + 2 * bits.read(3));
      if (codes > symbols) {
        throw new IOException("it has a code of too many symbols");
      }
    }
    int[] lengths = new int[symbols];
    int previous = USUAL_LENGTH;
    for (int symbol = 0; symbol < symbols && codes > 0; codes--) {
      int length = code.read(bits);
      if (length < FIRST_REPETITION) {
        lengths[symbol++] = length;
        previous = length == 0 ? previous : length;
        continue;
      }
      int repeated = length == FIRST_REPETITION ? previous : 0;
      int times = times(length);
      if (times > symbols - symbol) {
        throw new IOException("it has a code of too many symbols");
      }
      Arrays.fill(lengths, symbol, symbol + times, repeated);
      symbol += times;
    }
    return lengths;
  }

  private int times(int length) throws IOException {
    return switch (length) {
      case 16 -> 3 + bits.read(2);
      case 17 -> 3 + bits.read(3);
      default -> 11 + bits.read(7);
    };
  }
}
