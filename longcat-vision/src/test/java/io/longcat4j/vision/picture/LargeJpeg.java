package io.longcat4j.vision.picture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Large grey JPEG files of few bytes. */
final class LargeJpeg {
  private static final int BASELINE = 0xc0;
  private static final int PROGRESSIVE = 0xc2;

  private LargeJpeg() {}

  /** All blocks are zero, two bits each. */
  static byte[] baseline(int width, int height) throws IOException {
    ByteArrayOutputStream jpeg = start(BASELINE, width, height);
    scan(jpeg, 0, 63, 0);
    int blocks = (width + 7) / 8 * ((height + 7) / 8);
    jpeg.write(new byte[(2 * blocks + 7) / 8]);
    return end(jpeg);
  }

  /** One scan for the mean of each block, then many that say nothing more. */
  static byte[] progressive(int width, int height, int scans) throws IOException {
    ByteArrayOutputStream jpeg = start(PROGRESSIVE, width, height);
    int blocks = (width + 7) / 8 * ((height + 7) / 8);
    scan(jpeg, 0, 0, 0);
    jpeg.write(new byte[(blocks + 7) / 8]);
    for (int i = 0; i < scans; i++) {
      scan(jpeg, 1 + i % 63, 1 + i % 63, 0);
      jpeg.write(new byte[(blocks + 7) / 8]);
    }
    return end(jpeg);
  }

  private static ByteArrayOutputStream start(int frame, int width, int height) throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.write(new byte[] {(byte) 0xff, (byte) 0xd8});
    byte[] quantization = new byte[65];
    Arrays.fill(quantization, 1, 65, (byte) 1);
    segment(jpeg, 0xdb, quantization);
    segment(
        jpeg,
        frame,
        new byte[] {
          8, (byte) (height >> 8), (byte) height, (byte) (width >> 8), (byte) width, 1, 1, 0x11, 0
        });
    for (int kind : new int[] {0x00, 0x10}) {
      byte[] table = new byte[18];
      table[0] = (byte) kind;
      table[1] = 1;
      segment(jpeg, 0xc4, table);
    }
    return jpeg;
  }

  private static void scan(ByteArrayOutputStream jpeg, int from, int to, int precision)
      throws IOException {
    segment(jpeg, 0xda, new byte[] {1, 1, 0, (byte) from, (byte) to, (byte) precision});
  }

  private static void segment(ByteArrayOutputStream jpeg, int marker, byte[] body)
      throws IOException {
    int length = body.length + 2;
    jpeg.write(new byte[] {(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length});
    jpeg.write(body);
  }

  private static byte[] end(ByteArrayOutputStream jpeg) throws IOException {
    jpeg.write(new byte[] {(byte) 0xff, (byte) 0xd9});
    return jpeg.toByteArray();
  }
}
