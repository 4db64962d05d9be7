package io.longcat4j.vision.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large pictures, complete or not, end soon once nobody wants them any more. */
class UnwantedPictureTest {
  private static final int SIDE = 6000;

  static Stream<Arguments> largePictures() throws IOException {
    return Stream.of(
        Arguments.of("png", png(SIDE, SIDE)),
        Arguments.of("a png of one row", png(SIDE * SIDE, 1)),
        Arguments.of("bmp", bmp()),
        Arguments.of("gif", gif()),
        Arguments.of("jpeg", LargeJpeg.baseline(SIDE, SIDE)),
        Arguments.of("progressive jpeg", LargeJpeg.progressive(SIDE, SIDE, 400)),
        Arguments.of("lossless webp", losslessWebp(SIDE, SIDE)),
        Arguments.of("lossy webp", lossyWebp(SIDE, SIDE, 200_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("largePictures")
  void decodersAskOftenAndEndWithTheAnswer(String format, byte[] picture) {
    for (int questions : new int[] {0, 1, 5}) {
      AtomicInteger left = new AtomicInteger(questions);
      Cancellation wanted =
          () -> {
            if (left.getAndDecrement() <= 0) {
              throw new DeadlineExceededException("too late");
            }
          };

      assertThatThrownBy(() -> ImageDecoder.decode(Image.of(picture), wanted))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("too late");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("largePictures")
  void interruptionEndsADecoder(String format, byte[] picture) {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () -> ImageDecoder.decode(Image.of(picture), Cancellation.BY_INTERRUPTION))
          .isInstanceOf(GenerationCancelledException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 16384})
  void aFewBytesThatPromiseManyPixelsAreRefusedAtOnce(int side) {
    int height = Math.min(side, 10748);
    byte[] start = losslessHeader(side, height);
    for (int filling : new int[] {0, 0x55, 0xff}) {
      byte[] body = Arrays.copyOf(start, 26);
      Arrays.fill(body, start.length, body.length, (byte) filling);
      assertRefusedAtOnce(webp("VP8L", body));
    }
    assertRefusedAtOnce(lossyWebp(side - 1, height, 300));
  }

  private static void assertRefusedAtOnce(byte[] picture) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(
                    () ->
                        ImageDecoder.decode(Image.of(picture), Cancellation.BY_INTERRUPTION))
                .isInstanceOf(MediaException.class)
                .hasMessageContaining("damaged WEBP"));
  }

  @Test
  void turningUprightAsksToo() {
    Pixels pixels = new Pixels(40, 30, new byte[3 * 40 * 30]);

    assertThatThrownBy(
            () ->
                Orientation.QUARTER_TURN.apply(
                    pixels,
                    () -> {
                      throw new DeadlineExceededException("too late");
                    }))
        .isInstanceOf(DeadlineExceededException.class);
  }

  private static byte[] png(int width, int height) {
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

  private static byte[] bmp() {
    int rowBytes = (SIDE + 31) / 32 * 4;
    ByteBuffer bmp = ByteBuffer.allocate(62 + rowBytes * SIDE).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(0).putInt(0).putInt(62);
    bmp.putInt(40).putInt(SIDE).putInt(SIDE).putShort((short) 1).putShort((short) 1);
    return bmp.array();
  }

  /** One code after the other that stands for a string one longer than the one before. */
  private static byte[] gif() {
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    header.put("GIF89a".getBytes(ISO_8859_1)).putShort((short) SIDE).putShort((short) SIDE);
    header.put(new byte[] {0, 0, 0, 0x2c}).putInt(0).putShort((short) SIDE).putShort((short) SIDE);
    header.put((byte) 0).put((byte) 8);
    gif.writeBytes(header.array());
    BitWriter codes = new BitWriter();
    codes.put(256, 9);
    int width = 9;
    int next = 258;
    codes.put(0, width);
    for (long written = 1; written < (long) SIDE * SIDE; written += next - 258 + 1) {
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

  private static byte[] losslessHeader(int width, int height) {
    BitWriter bits = new BitWriter();
    bits.put(0x2f, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(0, 4);
    return bits.toByteArray();
  }

  /** All pixels of one colour: none of them takes a bit. */
  private static byte[] losslessWebp(int width, int height) {
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
  private static byte[] lossyWebp(int width, int height, int modeBytes) {
    byte[] modes = new byte[modeBytes];
    ByteBuffer frame = ByteBuffer.allocate(10 + modes.length + 100).order(ByteOrder.LITTLE_ENDIAN);
    int tag = modes.length << 5 | 1 << 4;
    frame.put((byte) tag).put((byte) (tag >> 8)).put((byte) (tag >> 16));
    frame.put(new byte[] {(byte) 0x9d, 1, 0x2a}).putShort((short) width).putShort((short) height);
    return webp("VP8 ", frame.array());
  }

  private static byte[] webp(String chunk, byte[] body) {
    int padded = body.length + (body.length & 1);
    ByteBuffer webp = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
    webp.put("RIFF".getBytes(ISO_8859_1)).putInt(12 + padded);
    webp.put("WEBP".getBytes(ISO_8859_1)).put(chunk.getBytes(ISO_8859_1)).putInt(body.length);
    return webp.put(body).array();
  }
}
