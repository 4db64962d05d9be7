package io.longcat4j.vision.picture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where the first picture of a WebP file lies. Colour profiles are passed over, damaged or not.
 *
 * @param width of the canvas
 * @param height of the canvas
 * @param left of the picture on it
 * @param top of the picture on it
 * @param bitstream the picture itself
 * @param orientation of its Exif chunk
 */
record WebpContainer(
    int width, int height, int left, int top, WebpBitstream bitstream, Orientation orientation) {
  private static final int ANIMATED = 2;
  private static final int SIZE_AND_DURATION_BYTES = 10;

  static WebpContainer read(byte[] webp) throws IOException {
    return new Reader(webp).read();
  }

  /** Reads chunk by chunk; nothing behind the size that the file names counts. */
  private static final class Reader {
    private final FileBytes chunks;
    private boolean extended;
    private int flags;
    private int width;
    private int height;
    private boolean animationAnnounced;
    private @Nullable WebpContainer found;
    private Orientation orientation = Orientation.UPRIGHT;

    Reader(byte[] webp) throws IOException {
      FileBytes file = new FileBytes(webp);
      file.skip(4);
      this.chunks = file.part(file.little32());
      chunks.skip(4);
    }

    WebpContainer read() throws IOException {
      while (chunks.remaining() >= 8 && (found == null || extended)) {
        String name = chunks.name(4);
        long size = chunks.little32();
        FileBytes body = chunks.part(size);
        chunks.skip(size & 1);
        readChunk(name, body);
      }
      if (found == null) {
        throw new IOException("it holds no picture");
      }
      return new WebpContainer(
          found.width(), found.height(), found.left(), found.top(), found.bitstream(), orientation);
    }

    private void readChunk(String name, FileBytes body) throws IOException {
      switch (name) {
        case "VP8X" -> readCanvas(body);
        case "ANIM" -> animationAnnounced = true;
        case "EXIF" -> orientation = ExifOrientation.of(body.bytes(body.remaining()));
        case "ANMF" -> {
          require(extended && animationAnnounced, "its frames stand before what they belong to");
          if (found == null && isAnimated()) {
            found = frame(body);
          }
        }
        case "VP8 ", "VP8L" -> {
          require(!isAnimated(), "it is animated, but has a picture outside its frames");
          if (found == null) {
            found = still(WebpBitstream.read(name, body));
          }
        }
        default -> {}
      }
    }

    private boolean isAnimated() {
      return (flags & ANIMATED) != 0;
    }

    private void readCanvas(FileBytes body) throws IOException {
      require(!extended && found == null, "it has two headers");
      extended = true;
      flags = body.unsigned8();
      body.skip(3);
      width = 1 + body.little24();
      height = 1 + body.little24();
    }

    private WebpContainer still(WebpBitstream picture) throws IOException {
      require(
          !extended || (picture.width() == width && picture.height() == height),
          "its picture has another size than its header");
      return new WebpContainer(picture.width(), picture.height(), 0, 0, picture, orientation);
    }

    /** The picture's own size counts, as in the reference, not the one that stands here. */
    private WebpContainer frame(FileBytes body) throws IOException {
      int left = 2 * body.little24();
      int top = 2 * body.little24();
      body.skip(SIZE_AND_DURATION_BYTES);
      while (body.remaining() >= 8) {
        String name = body.name(4);
        long size = body.little32();
        FileBytes inner = body.part(size);
        body.skip(Math.min(size & 1, body.remaining()));
        if (name.equals("VP8 ") || name.equals("VP8L")) {
          WebpBitstream picture = WebpBitstream.read(name, inner);
          require(
              (long) left + picture.width() <= width && (long) top + picture.height() <= height,
              "its first frame is not inside its canvas");
          return new WebpContainer(width, height, left, top, picture, orientation);
        }
      }
      throw new IOException("its first frame holds no picture");
    }

    private static void require(boolean intact, String otherwise) throws IOException {
      if (!intact) {
        throw new IOException(otherwise);
      }
    }
  }
}
