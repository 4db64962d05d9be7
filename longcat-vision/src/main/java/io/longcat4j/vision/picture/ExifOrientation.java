package io.longcat4j.vision.picture;

import java.io.IOException;
import java.util.Arrays;

/** Looks for the orientation in an Exif block. What is damaged says nothing: pixels stay right. */
final class ExifOrientation {
  private static final int TAG = 0x112;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final byte[] HEADING = {'E', 'x', 'i', 'f', 0, 0};

  /** Bytes of the heading that a block has in a JPEG file. */
  static final int HEADING_BYTES = HEADING.length;

  private final FileBytes block;
  private final boolean bigEndian;

  private ExifOrientation(FileBytes block, boolean bigEndian) {
    this.block = block;
    this.bigEndian = bigEndian;
  }

  /**
   * Reads a block.
   *
   * @param block with or without the heading that it has in JPEG files
   * @return the orientation
   */
  static Orientation of(byte[] block) {
    try {
      FileBytes tiff =
          startsWithHeading(block)
              ? new FileBytes(Arrays.copyOfRange(block, HEADING_BYTES, block.length))
              : new FileBytes(block);
      String order = tiff.name(2);
      if (!order.equals("MM") && !order.equals("II")) {
        return Orientation.UPRIGHT;
      }
      return new ExifOrientation(tiff, order.equals("MM")).find();
    } catch (IOException damaged) {
      return Orientation.UPRIGHT;
    }
  }

  static boolean startsWithHeading(byte[] block) {
    for (int i = 0; i < HEADING.length; i++) {
      if (i >= block.length || block[i] != HEADING[i]) {
        return false;
      }
    }
    return true;
  }

  private Orientation find() throws IOException {
    if (number(2) != 42) {
      return Orientation.UPRIGHT;
    }
    block.moveTo((int) Math.min(number(4), Integer.MAX_VALUE));
    long entries = number(2);
    for (long i = 0; i < entries; i++) {
      long tag = number(2);
      long type = number(2);
      long count = number(4);
      FileBytes value = block.part(4);
      if (tag == TAG) {
        int size = type == BYTE ? 1 : type == SHORT ? 2 : type == LONG ? 4 : 0;
        return size > 0 && count == 1
            ? Orientation.ofExif(new ExifOrientation(value, bigEndian).number(size))
            : Orientation.UPRIGHT;
      }
    }
    return Orientation.UPRIGHT;
  }

  private long number(int bytes) throws IOException {
    if (!bigEndian) {
      return block.little(bytes);
    }
    return bytes == 1 ? block.unsigned8() : bytes == 2 ? block.big16() : block.big32();
  }
}
