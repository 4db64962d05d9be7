package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;

/**
 * The first picture of a GIF, on the GIF's own canvas, which may be larger. What the picture does
 * not cover has the transparent colour, or else the first one. Without a palette indices are grey.
 */
final class GifDecoder {
  private static final int EXTENSION = 0x21;
  private static final int PICTURE = 0x2c;
  private static final int TRAILER = 0x3b;
  private static final int CONTROL = 0xf9;

  private final FileBytes file;
  private int background;

  private GifDecoder(byte[] content) {
    this.file = new FileBytes(content);
  }

  static Picture decode(byte[] content, String name, Cancellation wanted) throws IOException {
    return new Picture(new GifDecoder(content).pixels(name, wanted), Orientation.UPRIGHT);
  }

  private Pixels pixels(String name, Cancellation wanted) throws IOException {
    file.skip(6);
    int screenWidth = file.little16();
    int screenHeight = file.little16();
    byte[] screenPalette = palette(paletteFlags());
    findPicture();
    int left = file.little16();
    int top = file.little16();
    int width = file.little16();
    int height = file.little16();
    int flags = file.unsigned8();
    byte[] ownPalette = palette(flags);
    byte[] palette = ownPalette.length > 0 ? ownPalette : screenPalette;
    int canvasWidth = Math.max(screenWidth, left + width);
    int canvasHeight = Math.max(screenHeight, top + height);
    ImageDecoder.requireSaneSize(canvasWidth, canvasHeight, name);
    ImageDecoder.requireSaneSize(width, height, name);
    GifCodes codes = new GifCodes(file);
    byte[] rgb = new byte[Math.multiplyExact(3, canvasWidth * canvasHeight)];
    paintBackground(rgb, palette, wanted);
    byte[] row = new byte[width];
    for (GifRows rows = new GifRows(height, (flags & 0x40) != 0); rows.hasNext(); ) {
      wanted.check();
      codes.read(row);
      int at = 3 * ((top + rows.next()) * canvasWidth + left);
      for (int x = 0; x < width; x++, at += 3) {
        put(palette, row[x] & 0xff, rgb, at);
      }
    }
    return new Pixels(canvasWidth, canvasHeight, rgb);
  }

  private int paletteFlags() throws IOException {
    int flags = file.unsigned8();
    file.skip(2);
    return flags;
  }

  private byte[] palette(int flags) throws IOException {
    return (flags & 0x80) == 0 ? new byte[0] : file.bytes(3 << ((flags & 7) + 1));
  }

  /** Goes behind the mark of the first picture; bytes that are no block are passed over. */
  private void findPicture() throws IOException {
    while (true) {
      int block = file.unsigned8();
      if (block == PICTURE) {
        return;
      }
      if (block == TRAILER) {
        throw new IOException("it holds no picture");
      }
      if (block == EXTENSION) {
        readExtension();
      }
    }
  }

  private void readExtension() throws IOException {
    boolean control = file.unsigned8() == CONTROL;
    for (int size = file.unsigned8(); size > 0; size = file.unsigned8()) {
      FileBytes body = file.part(size);
      if (control && size >= 4) {
        boolean transparent = (body.unsigned8() & 1) != 0;
        body.skip(2);
        background = transparent ? body.unsigned8() : background;
        control = false;
      }
    }
  }

  private void paintBackground(byte[] rgb, byte[] palette, Cancellation wanted) {
    byte[] colour = new byte[3];
    put(palette, background, colour, 0);
    for (int at = 0; at < rgb.length; at += 3) {
      if (at % (3 << 20) == 0) {
        wanted.check();
      }
      System.arraycopy(colour, 0, rgb, at, 3);
    }
  }

  /** Colours beyond the palette are black. */
  private static void put(byte[] palette, int index, byte[] rgb, int at) {
    if (3 * index + 3 <= palette.length) {
      System.arraycopy(palette, 3 * index, rgb, at, 3);
    } else {
      byte grey = (byte) (palette.length == 0 ? index : 0);
      rgb[at] = grey;
      rgb[at + 1] = grey;
      rgb[at + 2] = grey;
    }
  }
}
