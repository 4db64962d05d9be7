package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.util.Arrays;

/** BMP to RGB: plain rows, rows with fields, runs. Alpha is dropped. */
final class BmpDecoder {
  private final BmpHeader header;
  private final int width;
  private final int height;
  private final FileBytes data;

  private BmpDecoder(BmpHeader header, FileBytes data) {
    this.header = header;
    this.width = (int) header.width();
    this.height = (int) header.height();
    this.data = data;
  }

  static Picture decode(byte[] content, String name, Cancellation wanted) throws IOException {
    FileBytes file = new FileBytes(content);
    BmpHeader header = BmpHeader.read(file);
    ImageDecoder.requireSaneSize(header.width(), header.height(), name);
    if (header.dataAt() > content.length) {
      throw FileBytes.cutOff();
    }
    file.moveTo((int) header.dataAt());
    return new Picture(new BmpDecoder(header, file).pixels(wanted), Orientation.UPRIGHT);
  }

  private Pixels pixels(Cancellation wanted) throws IOException {
    return new Pixels(
        width,
        height,
        switch (header.compression()) {
          case BmpHeader.PLAIN -> rows(plainFields(), wanted);
          case BmpHeader.FIELDS -> rows(BmpFields.named(header.bits(), header.masks()), wanted);
          case BmpHeader.RUNS_OF_4, BmpHeader.RUNS_OF_8 -> runs(wanted);
          default -> throw new IOException("it is compressed in the way " + header.compression());
        });
  }

  private BmpFields plainFields() throws IOException {
    return switch (header.bits()) {
      case 16 -> BmpFields.FIVE_BITS;
      case 24, 32 -> BmpFields.BLUE_GREEN_RED;
      case 1, 4, 8 -> BmpFields.NONE;
      default -> throw new IOException("it has pixels of " + header.bits() + " bits");
    };
  }

  private byte[] rows(BmpFields fields, Cancellation wanted) throws IOException {
    long usedBytes = ((long) width * header.bits() + 7) / 8;
    long rowBytes = (usedBytes + 3) / 4 * 4;
    if (rowBytes * (height - 1) + usedBytes > data.remaining()) {
      throw FileBytes.cutOff();
    }
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      wanted.check();
      byte[] row = data.bytes(usedBytes);
      data.skip(Math.min(rowBytes - usedBytes, data.remaining()));
      int at = 3 * width * (header.downwards() ? y : height - 1 - y);
      for (int x = 0; x < width; x++, at += 3) {
        if (header.bits() <= 8) {
          look(index(row, x), rgb, at);
        } else {
          fields.put(row, x, header.bits() / 8, rgb, at);
        }
      }
    }
    return rgb;
  }

  private int index(byte[] row, int x) {
    int bit = x * header.bits();
    return row[bit >> 3] >> (8 - header.bits() - (bit & 7)) & ((1 << header.bits()) - 1);
  }

  private byte[] runs(Cancellation wanted) throws IOException {
    if (header.bits() > 8) {
      throw new IOException("it has runs of pixels of " + header.bits() + " bits");
    }
    byte[] indices =
        new BmpRuns(data, width, height, header.compression() == BmpHeader.RUNS_OF_4)
            .expand(wanted);
    byte[] rgb = new byte[Math.multiplyExact(3, indices.length)];
    for (int y = 0; y < height; y++) {
      wanted.check();
      int from = width * y;
      int at = 3 * width * (header.downwards() ? y : height - 1 - y);
      for (int x = 0; x < width; x++, at += 3) {
        look(indices[from + x] & 0xff, rgb, at);
      }
    }
    return rgb;
  }

  /** Colours beyond the palette are black. */
  private void look(int index, byte[] rgb, int at) {
    byte[] palette = header.palette();
    if (3 * index + 3 <= palette.length) {
      System.arraycopy(palette, 3 * index, rgb, at, 3);
    } else {
      Arrays.fill(rgb, at, at + 3, (byte) 0);
    }
  }
}
