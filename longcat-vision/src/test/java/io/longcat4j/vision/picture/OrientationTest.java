package io.longcat4j.vision.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Image;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OrientationTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("longcat.repository.root"), "testdata/media-corpus/pictures");

  /** Pixels 1 2 3 over 4 5 6, as Pillow 10.2's {@code ImageOps.exif_transpose} turns them. */
  static Stream<Arguments> turned() {
    return Stream.of(
        Arguments.of(1, 3, new int[] {1, 2, 3, 4, 5, 6}),
        Arguments.of(2, 3, new int[] {3, 2, 1, 6, 5, 4}),
        Arguments.of(3, 3, new int[] {6, 5, 4, 3, 2, 1}),
        Arguments.of(4, 3, new int[] {4, 5, 6, 1, 2, 3}),
        Arguments.of(5, 2, new int[] {1, 4, 2, 5, 3, 6}),
        Arguments.of(6, 2, new int[] {4, 1, 5, 2, 6, 3}),
        Arguments.of(7, 2, new int[] {6, 3, 5, 2, 4, 1}),
        Arguments.of(8, 2, new int[] {3, 6, 2, 5, 1, 4}));
  }

  @ParameterizedTest
  @MethodSource("turned")
  void picturesAreTurnedAsPillowTurnsThem(int exif, int width, int[] expected) {
    Pixels stored = grey(3, 1, 2, 3, 4, 5, 6);

    Pixels upright = Orientation.ofExif(exif).apply(stored, Cancellation.BY_INTERRUPTION);

    assertThat(upright).isEqualTo(grey(width, expected));
    assertThat(Orientation.ofExif(exif).exifNumber()).isEqualTo(exif);
  }

  @ParameterizedTest
  @CsvSource({
    "jpeg_exif1.jpg, 1",
    "jpeg_exif2.jpg, 2",
    "jpeg_exif3.jpg, 3",
    "jpeg_exif4.jpg, 4",
    "jpeg_exif5.jpg, 5",
    "jpeg_exif6.jpg, 6",
    "jpeg_exif7.jpg, 7",
    "jpeg_exif8.jpg, 8",
    "jpeg_exif0.jpg, 1",
    "jpeg_exif9.jpg, 1",
    "jpeg_exif6_little.jpg, 6",
    "jpeg_exif6_long.jpg, 6",
    "jpeg_exif_cut.jpg, 1",
    "jpeg_exif_noise.jpg, 1",
    "jpeg_exif_empty.jpg, 1",
    "jpeg_420.jpg, 1",
    "png_exif6.png, 6",
    "png_exif3_behind.png, 3",
    "png_rgb8.png, 1",
    "webp_lossy_exif6.webp, 6",
    "webp_lossless_exif8_headed.webp, 8"
  })
  void theOrientationIsFoundWhereverItStands(String name, int exif) {
    Image image = Image.of(FOLDER.resolve(name));

    Picture stored = ImageDecoder.decode(image, Cancellation.BY_INTERRUPTION);
    Picture upright = ImageDecoder.decode(image.upright(), Cancellation.BY_INTERRUPTION);

    assertThat(stored.orientation().exifNumber()).isEqualTo(exif);
    assertThat(upright.orientation()).isEqualTo(Orientation.UPRIGHT);
    assertThat(upright.pixels())
        .isEqualTo(stored.orientation().apply(stored.pixels(), Cancellation.BY_INTERRUPTION));
  }

  @Test
  void pixelsHaveNoOrientation() {
    Pixels pixels = grey(3, 1, 2, 3, 4, 5, 6);

    assertThat(ImageDecoder.decode(Image.of(pixels).upright(), Cancellation.BY_INTERRUPTION))
        .isEqualTo(new Picture(pixels, Orientation.UPRIGHT));
  }

  private static Pixels grey(int width, int... values) {
    byte[] rgb = new byte[3 * values.length];
    for (int i = 0; i < values.length; i++) {
      Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) values[i]);
    }
    return new Pixels(width, values.length / width, rgb);
  }
}
