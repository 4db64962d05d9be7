package io.longcat4j.vision.picture;

import java.io.IOException;

/**
 * The indices of a GIF from its codes: each stands for a string seen before and one index more.
 * Fails at the end of its input. Not thread-safe.
 */
final class GifCodes {
  private static final int MOST_CODES = 1 << 12;
  private static final int MOST_CODE_BITS = 12;

  private final FileBytes file;
  private final int clear;
  private final int[] before = new int[MOST_CODES];
  private final byte[] last = new byte[MOST_CODES];
  private final byte[] string = new byte[MOST_CODES + 1];
  private int waiting;
  private FileBytes block;
  private int bits;
  private int bitCount;
  private int codeBits;
  private int next;
  private int previous = -1;

  GifCodes(FileBytes file) throws IOException {
    this.file = file;
    int indexBits = file.unsigned8();
    if (indexBits < 1 || indexBits >= MOST_CODE_BITS) {
      throw new IOException("its codes have indices of " + indexBits + " bits");
    }
    this.clear = 1 << indexBits;
    this.block = file.part(0);
    forget();
  }

  /** Reads as many indices as the row is long. */
  void read(byte[] row) throws IOException {
    for (int x = 0; x < row.length; x++) {
      while (waiting == 0) {
        readString();
      }
      row[x] = string[--waiting];
    }
  }

  /** Leaves the string that the next code stands for, its end first. */
  private void readString() throws IOException {
    int code = code();
    if (code == clear) {
      forget();
      return;
    }
    if (code == clear + 1) {
      throw FileBytes.cutOff();
    }
    if (previous < 0 ? code > clear : code > next) {
      throw new IOException("its codes are damaged");
    }
    boolean beginsWithItself = previous >= 0 && code == next;
    waiting = beginsWithItself ? 1 : 0;
    int at = beginsWithItself ? previous : code;
    while (at > clear) {
      string[waiting++] = last[at];
      at = before[at];
    }
    string[waiting++] = (byte) at;
    if (beginsWithItself) {
      string[0] = (byte) at;
    }
    remember(code, (byte) at);
  }

  private void remember(int code, byte first) {
    if (previous >= 0 && next < MOST_CODES) {
      before[next] = previous;
      last[next] = first;
      if (next == (1 << codeBits) - 1 && codeBits < MOST_CODE_BITS) {
        codeBits++;
      }
      next++;
    }
    previous = code;
  }

  private void forget() {
    codeBits = Integer.numberOfTrailingZeros(clear) + 1;
    next = clear + 2;
    previous = -1;
  }

  private int code() throws IOException {
    while (bitCount < codeBits) {
      while (block.remaining() == 0) {
        block = file.part(file.unsigned8());
      }
      bits |= block.unsigned8() << bitCount;
      bitCount += 8;
    }
    int code = bits & ((1 << codeBits) - 1);
    bits >>>= codeBits;
    bitCount -= codeBits;
    return code;
  }
}
