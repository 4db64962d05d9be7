package io.longcat4j.vision.picture;

import java.io.ByteArrayOutputStream;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/**
 * The codes of pictures that bring none, such as frames of cameras: decoders agree on those of the
 * standard's examples.
 */
final class JpegStandardTables {
  private static final int HEADER_BYTES = 4;

  private JpegStandardTables() {}

  /** A segment with all four. */
  static byte[] segment() {
    ByteArrayOutputStream tables = new ByteArrayOutputStream();
    write(tables, 0x00, JPEGHuffmanTable.StdDCLuminance);
    write(tables, 0x10, JPEGHuffmanTable.StdACLuminance);
    write(tables, 0x01, JPEGHuffmanTable.StdDCChrominance);
    write(tables, 0x11, JPEGHuffmanTable.StdACChrominance);
    int length = tables.size() + HEADER_BYTES - 2;
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    segment.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc4, (byte) (length >> 8), (byte) length});
    segment.writeBytes(tables.toByteArray());
    return segment.toByteArray();
  }

  private static void write(ByteArrayOutputStream tables, int name, JPEGHuffmanTable table) {
    tables.write(name);
    short[] lengths = table.getLengths();
    for (int i = 0; i < 16; i++) {
      tables.write(i < lengths.length ? lengths[i] : 0);
    }
    for (short value : table.getValues()) {
      tables.write(value);
    }
  }
}
