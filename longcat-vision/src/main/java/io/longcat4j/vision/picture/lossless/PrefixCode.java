package io.longcat4j.vision.picture.lossless;

import java.io.IOException;

/**
 * A canonical prefix code: shorter codes first, those of one length in the order of their symbols.
 * A code of one symbol takes no bits. Immutable and thread-safe.
 */
final class PrefixCode {
  private static final int LONGEST = 15;
  private static final int TABLE_BITS = 7;

  /**
   * For the next bits: symbol and length of the code that they begin with, or 0 for longer ones.
   */
  private final short[] table;

  private final int tableBits;
  private final short[] symbols;
  private final int[] counts;

  private PrefixCode(short[] symbols, int[] counts) {
    this.symbols = symbols;
    this.counts = counts;
    int longest = 0;
    for (int length = 1; length <= LONGEST; length++) {
      longest = counts[length] > 0 ? length : longest;
    }
    this.tableBits = symbols.length == 1 ? 0 : Math.min(TABLE_BITS, longest);
    this.table = table();
  }

  /**
   * Builds a code.
   *
   * @param lengths of each symbol's code, 0 for those that have none
   * @throws IOException if they are no complete code
   */
  static PrefixCode of(int[] lengths) throws IOException {
    int[] counts = new int[LONGEST + 1];
    int used = 0;
    for (int length : lengths) {
      counts[length]++;
      used += length > 0 ? 1 : 0;
    }
    counts[0] = 0;
    int free = 1;
    for (int length = 1; length <= LONGEST && free >= 0; length++) {
      free = 2 * free - counts[length];
    }
    if (used == 0 || (used > 1 && free != 0)) {
      throw new IOException("it has a code that no picture can have");
    }
    short[] symbols = new short[used];
    int[] next = new int[LONGEST + 1];
    for (int length = 1; length < LONGEST; length++) {
      next[length + 1] = next[length] + counts[length];
    }
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = (short) symbol;
      }
    }
    return new PrefixCode(symbols, counts);
  }

  private short[] table() {
    short[] table = new short[1 << tableBits];
    int code = 0;
    int at = 0;
    for (int length = 1; length <= tableBits; length++, code <<= 1) {
      for (int i = 0; i < counts[length]; i++, code++) {
        int reversed = Integer.reverse(code) >>> (32 - length);
        for (int slot = reversed; slot < table.length; slot += 1 << length) {
          table[slot] = (short) (symbols[at] << 4 | length);
        }
        at++;
      }
    }
    return table;
  }

  int read(BitReader bits) throws IOException {
    if (tableBits == 0) {
      return symbols[0];
    }
    int entry = table[bits.peek(tableBits)] & 0xffff;
    if (entry != 0) {
      bits.skip(entry & 15);
      return entry >> 4;
    }
    return readLong(bits);
  }

  private int readLong(BitReader bits) throws IOException {
    int code = 0;
    int first = 0;
    int at = 0;
    int ahead = bits.peek(LONGEST);
    for (int length = 1; length <= LONGEST; length++) {
      code |= ahead >> (length - 1) & 1;
      if (code - first < counts[length]) {
        bits.skip(length);
        return symbols[at + code - first];
      }
      at += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new IOException("it has a code that stands for nothing");
  }
}
