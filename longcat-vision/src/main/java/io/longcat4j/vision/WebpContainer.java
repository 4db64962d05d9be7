package io.longcat4j.vision;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where the first lossy picture of a WebP file lies, if it has one.
 *
 * @param width of the canvas
 * @param height of the canvas
 * @param left of the picture on it
 * @param top of the picture on it
 * @param bitstream a VP8 key frame; not to be changed
 */
record WebpContainer(int width, int height, int left, int top, byte[] bitstream) {
  private static final int FILE_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int FRAME_HEADER_BYTES = 16;
  private static final int KEY_FRAME_HEADER_BYTES = 10;

  /**
   * Finds the picture.
   *
   * @param webp the file's content
   * @return the picture, or empty if the first one is lossless
   * @throws IOException if the file is cut off
   */
  static Optional<WebpContainer> firstLossy(byte[] webp) throws IOException {
    int canvas = -1;
    int at = FILE_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES <= webp.length) {
      int body = at + CHUNK_HEADER_BYTES;
      int size = chunkSize(webp, at);
      switch (new String(webp, at, 4, ISO_8859_1)) {
        case "VP8X" -> canvas = body;
        case "VP8L" -> {
          return Optional.empty();
        }
        case "VP8 " -> {
          return Optional.of(still(webp, body, size));
        }
        case "ANMF" -> {
          return inAnimation(webp, canvas, body, size);
        }
        default -> {}
      }
      at = body + size + (size & 1);
    }
    throw new IOException("it holds no picture");
  }

  private static WebpContainer still(byte[] webp, int body, int size) throws IOException {
    require(size >= KEY_FRAME_HEADER_BYTES);
    int width = number(webp, body + 6, 2) & 0x3fff;
    int height = number(webp, body + 8, 2) & 0x3fff;
    return new WebpContainer(width, height, 0, 0, Arrays.copyOfRange(webp, body, body + size));
  }

  private static Optional<WebpContainer> inAnimation(byte[] webp, int canvas, int frame, int size)
      throws IOException {
    require(canvas >= 0 && size >= FRAME_HEADER_BYTES);
    int at = frame + FRAME_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES <= frame + size) {
      int inner = chunkSize(webp, at);
      if (new String(webp, at, 4, ISO_8859_1).equals("VP8 ")) {
        WebpContainer picture = still(webp, at + CHUNK_HEADER_BYTES, inner);
        return Optional.of(
            new WebpContainer(
                1 + number(webp, canvas + 4, 3),
                1 + number(webp, canvas + 7, 3),
                2 * number(webp, frame, 3),
                2 * number(webp, frame + 3, 3),
                picture.bitstream()));
      }
      at += CHUNK_HEADER_BYTES + inner + (inner & 1);
    }
    return Optional.empty();
  }

  private static int chunkSize(byte[] webp, int at) throws IOException {
    int size = number(webp, at + 4, 4);
    require(size >= 0 && size <= webp.length - at - CHUNK_HEADER_BYTES);
    return size;
  }

  private static int number(byte[] webp, int at, int bytes) throws IOException {
    require(at + bytes <= webp.length);
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (webp[at + i] & 0xff) << (8 * i);
    }
    return value;
  }

  private static void require(boolean intact) throws IOException {
    if (!intact) {
      throw new IOException("it is cut off");
    }
  }
}
