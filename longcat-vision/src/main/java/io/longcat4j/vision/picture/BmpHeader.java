package io.longcat4j.vision.picture;

import java.io.IOException;

/**
 * What a BMP says of its pixels. The size of the file in it is ignored: many programs write 0 or
 * that of the headers.
 *
 * @param width in pixels
 * @param height in pixels
 * @param downwards whether the first stored row is the upper one
 * @param bits of a pixel
 * @param compression the format's number of it
 * @param masks of red, green, blue and alpha where the compression is by fields, else empty
 * @param palette 3 bytes for each colour, red first
 * @param dataAt where the pixels begin
 */
record BmpHeader(
    long width,
    long height,
    boolean downwards,
    int bits,
    int compression,
    long[] masks,
    byte[] palette,
    long dataAt) {
  static final int PLAIN = 0;
  static final int RUNS_OF_8 = 1;
  static final int RUNS_OF_4 = 2;
  static final int FIELDS = 3;

  private static final int FILE_HEADER_BYTES = 14;
  private static final int OLD_HEADER_BYTES = 12;
  private static final int USUAL_HEADER_BYTES = 40;
  private static final int MOST_COLOURS = 256;

  static BmpHeader read(FileBytes file) throws IOException {
    file.moveTo(10);
    long offset = file.little32();
    long size = file.little32();
    if (size == OLD_HEADER_BYTES) {
      return old(file, offset);
    }
    if (size != USUAL_HEADER_BYTES && size != 64 && size != 108 && size != 124) {
      throw new IOException(
          "its header of " + size + " bytes is none of 12, 40, 64, 108 and 124 bytes");
    }
    return usual(file, file.part(size - 4), (int) size, offset);
  }

  private static BmpHeader old(FileBytes file, long offset) throws IOException {
    long width = file.little16();
    long height = file.little16();
    file.skip(2);
    int bits = file.little16();
    long colours = bits <= 8 ? 1L << bits : 0;
    byte[] palette = palette(file, colours, 3);
    long dataAt = dataAt(file, offset, OLD_HEADER_BYTES, 3 * colours);
    return new BmpHeader(width, height, false, bits, PLAIN, new long[0], palette, dataAt);
  }

  private static BmpHeader usual(FileBytes file, FileBytes header, int size, long offset)
      throws IOException {
    long width = header.little32();
    long height = header.little32();
    boolean downwards = height >> 24 == 0xff;
    header.skip(2);
    int bits = header.little16();
    long compression = header.little32();
    header.skip(12);
    long named = header.little32();
    header.skip(4);
    long[] masks = new long[0];
    if (compression == FIELDS) {
      masks = size == USUAL_HEADER_BYTES ? masks(file, 3) : masks(header, 4);
    }
    long colours = bits > 8 ? 0 : named == 0 ? 1L << bits : named;
    byte[] palette = palette(file, colours, 4);
    return new BmpHeader(
        width,
        downwards ? (1L << 32) - height : height,
        downwards,
        bits,
        (int) Math.min(compression, Integer.MAX_VALUE),
        masks,
        palette,
        dataAt(file, offset, size, 4 * colours));
  }

  private static long[] masks(FileBytes from, int count) throws IOException {
    long[] masks = new long[4];
    for (int i = 0; i < count; i++) {
      masks[i] = from.little32();
    }
    return masks;
  }

  private static byte[] palette(FileBytes file, long colours, int entryBytes) throws IOException {
    if (colours > 1 << 16) {
      throw new IOException("it promises a palette of " + colours + " colours");
    }
    FileBytes stored = file.part(Math.min(colours * entryBytes, file.remaining()));
    int used = Math.min(MOST_COLOURS, stored.remaining() / entryBytes);
    byte[] palette = new byte[3 * used];
    for (int i = 0; i < palette.length; i += 3) {
      palette[i + 2] = (byte) stored.unsigned8();
      palette[i + 1] = (byte) stored.unsigned8();
      palette[i] = (byte) stored.unsigned8();
      stored.skip(entryBytes - 3);
    }
    return palette;
  }

  /** Programs that leave the offset out, or forget the palette in it, mean what follows. */
  private static long dataAt(FileBytes file, long offset, int headerBytes, long paletteBytes) {
    if (offset == 0) {
      return file.position();
    }
    return offset == FILE_HEADER_BYTES + headerBytes ? offset + paletteBytes : offset;
  }
}
