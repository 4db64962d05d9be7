package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected pixels and checksums were made with Pillow 11.3 from the same noise. */
@Tag("once")
class PillowBicubicTest {

  @ParameterizedTest
  @CsvSource({
    "53, 37, 28, 14, 9f1d75c5, 110 108 131",
    "20, 30, 112, 140, 959b4e5d, 0 112 97",
    "100, 100, 28, 196, 0a61e2b8, 135 108 122",
    "100, 100, 100, 28, 82ef0bc1, 101 126 68",
    "64, 48, 28, 48, 51acb244, 90 97 120",
    "1, 1, 28, 28, eb93d245, 5 4 139",
    "300, 4, 28, 56, 5f72c276, 119 146 124",
    "3, 500, 56, 28, c14927c6, 106 136 120",
    "640, 480, 252, 196, 673e65db, 136 138 111",
    "7, 5, 7, 6, 1f637fd9, 0 170 197",
    "29, 31, 28, 28, 09b408a1, 25 78 6",
  })
  void gives_the_pixels_pillow_gives(
      int width, int height, int toWidth, int toHeight, String crc32, String topMiddleBottom) {
    byte[] rgb =
        PillowBicubic.resize(noise(width, height), toHeight, toWidth, Cancellation.BY_INTERRUPTION)
            .rgb();

    int middle = (toHeight / 2 * toWidth + toWidth / 2) * 3;
    assertThat(
            (rgb[0] & 0xff) + " " + (rgb[middle + 1] & 0xff) + " " + (rgb[rgb.length - 1] & 0xff))
        .isEqualTo(topMiddleBottom);
    assertThat(crc32(rgb)).isEqualTo(crc32);
  }

  @Property(tries = 50)
  void leaves_a_picture_of_the_right_size_alone(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height) {
    Pixels picture = noise(width, height);

    assertThat(PillowBicubic.resize(picture, height, width, Cancellation.BY_INTERRUPTION))
        .isEqualTo(picture);
  }

  @Property(tries = 100)
  void keeps_a_picture_of_one_colour(
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll @IntRange(min = 1, max = 90) int toWidth,
      @ForAll @IntRange(min = 1, max = 90) int toHeight,
      @ForAll @ByteRange byte value) {
    Pixels resized =
        PillowBicubic.resize(
            plain(width, height, value), toHeight, toWidth, Cancellation.BY_INTERRUPTION);

    assertThat(resized).isEqualTo(plain(toWidth, toHeight, value));
  }

  @Test
  void largePicturesAskBetweenBandsOfRows() {
    Pixels large = plain(4000, 3000, (byte) 7);
    for (int more : new int[] {0, 1, 2, 5}) {
      AtomicInteger left = new AtomicInteger(more);

      assertThatThrownBy(
              () ->
                  PillowBicubic.resize(
                      large,
                      1500,
                      2000,
                      () -> {
                        if (left.getAndDecrement() <= 0) {
                          throw new DeadlineExceededException("too late");
                        }
                      }))
          .isInstanceOf(DeadlineExceededException.class);
    }
  }

  private static Pixels plain(int width, int height, byte value) {
    byte[] rgb = new byte[width * height * 3];
    Arrays.fill(rgb, value);
    return new Pixels(width, height, rgb);
  }

  private static Pixels noise(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    int state = 12345;
    for (int i = 0; i < rgb.length; i++) {
      state = state * 1664525 + 1013904223;
      rgb[i] = (byte) (state >>> 24);
    }
    return new Pixels(width, height, rgb);
  }

  private static String crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return String.format("%08x", crc.getValue());
  }
}
