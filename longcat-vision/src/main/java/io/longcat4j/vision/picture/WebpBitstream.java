package io.longcat4j.vision.picture;

import java.io.IOException;

/**
 * A picture of a WebP file without its container.
 *
 * @param lossless whether it is VP8L, else a key frame of VP8
 * @param width in pixels, 1 to 16384
 * @param height in pixels, 1 to 16384
 * @param content the bitstream, its header included; not to be changed
 */
record WebpBitstream(boolean lossless, int width, int height, byte[] content) {
  private static final int LOSSLESS_SIGNATURE = 0x2f;
  private static final int START_CODE = 0x2a019d;

  /** How a block of 16 x 16 is predicted takes 3.4 bits or more: few bytes are no large picture. */
  private static final int LEAST_BITS_OF_MODES = 2;

  private static final int SIZE_BITS = 14;
  private static final int SIZE_MASK = (1 << SIZE_BITS) - 1;

  static WebpBitstream read(String chunk, FileBytes body) throws IOException {
    int start = body.position();
    WebpBitstream header = chunk.equals("VP8L") ? lossless(body) : lossy(body);
    body.moveTo(start);
    byte[] content = body.bytes(body.remaining());
    return new WebpBitstream(header.lossless(), header.width(), header.height(), content);
  }

  private static WebpBitstream lossless(FileBytes body) throws IOException {
    int signature = body.unsigned8();
    long header = body.little32();
    if (signature != LOSSLESS_SIGNATURE || header >>> 29 != 0) {
      throw new IOException("its lossless picture begins with other bytes than such ones do");
    }
    int width = 1 + (int) (header & SIZE_MASK);
    int height = 1 + (int) (header >> SIZE_BITS & SIZE_MASK);
    return new WebpBitstream(true, width, height, new byte[0]);
  }

  private static WebpBitstream lossy(FileBytes body) throws IOException {
    int size = body.remaining();
    int tag = body.little24();
    int startCode = body.little24();
    int width = body.little16() & SIZE_MASK;
    int height = body.little16() & SIZE_MASK;
    boolean keyFrame = (tag & 1) == 0;
    boolean known = (tag >> 1 & 7) <= 3;
    boolean shown = (tag >> 4 & 1) == 1;
    if (!keyFrame || !known || !shown || startCode != START_CODE || width == 0 || height == 0) {
      throw new IOException("its lossy picture begins with other bytes than such ones do");
    }
    long macroblocks = ((width + 15L) / 16) * ((height + 15L) / 16);
    int modeBytes = tag >> 5;
    if (modeBytes >= size || macroblocks * LEAST_BITS_OF_MODES > 8L * modeBytes) {
      throw FileBytes.cutOff();
    }
    return new WebpBitstream(false, width, height, new byte[0]);
  }
}
