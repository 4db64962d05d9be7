package io.longcat4j.vision.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Large pictures of few bytes. */
final class LargePictures {
  private LargePictures() {}

  static byte[] of(String format, int side) throws IOException {
    return switch (format) {
      case "png" -> png(side, side);
      case "bmp" -> bmp(side);
      case "gif" -> gif(side);
      case "jpeg" -> LargeJpeg.baseline(side, side);
      default -> losslessWebp(side, side);
    };
  }

  static byte[] png(int width, int height) {
    Deflater deflater = new Deflater(1);
    deflater.setInput(new byte[height * (1 + (width + 7) / 8)]);
    deflater.finish();
    byte[] packed = new byte[1 << 20];
    byte[] data = Arrays.copyOf(packed, deflater.deflate(packed));
    deflater.end();
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(new byte[] {1, 0, 0, 0, 0});
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    chunk(png, "IHDR", header.array());
    chunk(png, "IDAT", data);
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String name, byte[] body) {
    CRC32 checksum = new CRC32();
    checksum.update(name.getBytes(ISO_8859_1));
    checksum.update(body);
    png.writeBytes(ByteBuffer.allocate(4).putInt(body.length).array());
    png.writeBytes(name.getBytes(ISO_8859_1));
    png.writeBytes(body);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
  }

  static byte[] bmp(int side) {
    int rowBytes = (side + 31) / 32 * 4;
    ByteBuffer bmp = ByteBuffer.allocate(62 + rowBytes * side).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(0).putInt(0).putInt(62);
    bmp.putInt(40).putInt(side).putInt(side).putShort((short) 1).putShort((short) 1);
    return bmp.array();
  }

  /** One code after the other that stands for a string one longer than the one before. */
  static byte[] gif(int side) {
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    header.put("GIF89a".getBytes(ISO_8859_1)).putShort((short) side).putShort((short) side);
    header.put(new byte[] {0, 0, 0, 0x2c}).putInt(0).putShort((short) side).putShort((short) side);
    header.put((byte) 0).put((byte) 8);
    gif.writeBytes(header.array());
    BitWriter codes = new BitWriter();
    codes.put(256, 9);
    int width = 9;
    int next = 258;
    codes.put(0, width);
    for (long written = 1; written < (long) side * side; written += next - 258 + 1) {
      codes.put(Math.min(next, 4095), width);
      if (next < 4096) {
        width = next == (1 << width) - 1 && width < 12 ? width + 1 : width;
        next++;
      }
    }
    byte[] data = codes.toByteArray();
    for (int at = 0; at < data.length; at += 255) {
      int size = Math.min(255, data.length - at);
      gif.write(size);
      gif.write(data, at, size);
    }
    gif.writeBytes(new byte[] {0, 0x3b});
    return gif.toByteArray();
  }

  static byte[] losslessHeader(int width, int height) {
    BitWriter bits = new BitWriter();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(0, 4);
    return bits.toByteArray();
  }

  /** All pixels of one colour: none of them takes a bit. */
  static byte[] losslessWebp(int width, int height) {
    BitWriter bits = new BitWriter();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(0, 4 + 3);
    for (int code = 0; code < 5; code++) {
      bits.put(0b0001, 4);
    }
    return webp("VP8L", bits.toByteArray());
  }

  /** A key frame whose macroblocks are all skipped. */
  static byte[] lossyWebp(int width, int height, int modeBytes) {
    byte[] modes = new byte[modeBytes];
    ByteBuffer frame = ByteBuffer.allocate(10 + modes.length + 100).order(ByteOrder.LITTLE_ENDIAN);
    int tag = modes.length << 5 | 1 << 4;
    frame.put((byte) tag).put((byte) (tag >> 8)).put((byte) (tag >> 16));
    frame.put(new byte[] {(byte) 0x9d, 1, 0x2a}).putShort((short) width).putShort((short) height);
    return webp("VP8 ", frame.array());
  }

  static byte[] webp(String chunk, byte[] body) {
    int padded = body.length + (body.length & 1);
    ByteBuffer webp = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
    webp.put("RIFF".getBytes(ISO_8859_1)).putInt(12 + padded);
    webp.put("WEBP".getBytes(ISO_8859_1)).put(chunk.getBytes(ISO_8859_1)).putInt(body.length);
    return webp.put(body).array();
  }
}
