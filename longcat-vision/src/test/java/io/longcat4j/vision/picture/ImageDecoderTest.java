package io.longcat4j.vision.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgba.png",
        "la.png",
        "grey.png",
        "grey2.png",
        "grey16.png",
        "rgb16.png",
        "one_bit.png",
        "palette4.png",
        "palette_transparent.png",
        "rgb_trns.png",
        "interlaced.png",
        "gamma_icc.png",
        "rgb.jpg",
        "sampled.jpg",
        "grey.jpg",
        "cmyk.jpg",
        "progressive.jpg",
        "icc.jpg",
        "rotated_tag.jpg",
        "rgb.bmp",
        "rgba.bmp",
        "grey.bmp",
        "palette.bmp",
        "one_bit.bmp",
        "palette.gif",
        "transparent.gif",
        "animated.gif",
        "offset.gif",
        "lossless.webp",
        "lossless_alpha.webp",
        "lossy.webp",
        "lossy_alpha.webp",
        "lossy_large.webp",
        "animated.webp",
        "animated_lossy.webp"
      })
  void pixelsArePillows(String name) throws IOException {
    Pixels pixels = decode(Image.of(resource(name)));
    ByteBuffer expected = ByteBuffer.wrap(resource(name + ".rgb"));

    assertThat(pixels.width()).isEqualTo(expected.getShort());
    assertThat(pixels.height()).isEqualTo(expected.getShort());
    byte[] rgb = new byte[expected.remaining()];
    expected.get(rgb);
    assertThat(largestDifference(pixels.rgb(), rgb)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alpha_260x180.png",
        "grey_320x240.png",
        "palette_300x300.png",
        "photo_533x377.png",
        "tall_96x640.png",
        "tiny_30x20.png"
      })
  void sampleFilesHaveTheSizeTheirNameTells(String name) throws IOException {
    Pixels fromFile = decode(Image.of(TestData.media(name)));
    Pixels fromBytes = decode(Image.of(Files.readAllBytes(TestData.media(name))));

    assertThat(name).contains("_" + fromFile.width() + "x" + fromFile.height() + ".");
    assertThat(fromFile).isEqualTo(fromBytes);
  }

  @Test
  void decodedPixelsPassThrough() {
    Pixels pixels = new Pixels(2, 1, new byte[] {1, 2, 3, 4, 5, 6});

    assertThat(decode(Image.of(pixels))).isSameAs(pixels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgba.png", "rgb.jpg", "rgb.bmp", "palette.gif", "lossy.webp"})
  void cutOffFileIsRefusedByNameWithAdvice(String name, @TempDir Path folder) throws IOException {
    byte[] whole = resource(name);
    Path file = folder.resolve("cut-" + name);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> decode(Image.of(file)))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("cut-" + name)
        .hasMessageContaining("pass a complete file");
  }

  @Test
  void emptyMissingAndForeignFilesAreRefusedInPlainWords(@TempDir Path folder) throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.png"));

    assertThatThrownBy(() -> decode(Image.of(empty)))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("empty.png is empty (0 bytes)");
    assertThatThrownBy(() -> decode(Image.of(folder.resolve("none.png"))))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("none.png does not exist");
    assertThatThrownBy(() -> decode(Image.of(folder)))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("not a readable file");
    assertThatThrownBy(() -> decode(Image.of("hello, world".getBytes(UTF_8))))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("pass PNG, JPEG, BMP, GIF or WebP");
  }

  @Test
  void decompressionBombIsRefusedBeforeItIsDecoded() {
    assertThatThrownBy(() -> decode(Image.of(pngHeaderOf(50_000, 50_000))))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("50000 x 50000 pixels")
        .hasMessageContaining("scale it down");
  }

  @Test
  void anApplicationsCacheSettingIsNeitherUsedNorChanged() throws IOException {
    boolean before = ImageIO.getUseCache();
    decode(Image.of(resource("rgba.png")));

    assertThat(ImageIO.getUseCache()).isEqualTo(before);
  }

  @Test
  void decodingWorksUnderAForeignContextClassLoader() throws Exception {
    byte[] webp = resource("lossless.webp");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertThat(decode(Image.of(webp)).width()).isEqualTo(29);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Property(tries = 300)
  void damagedBytesGiveAPictureOrAMediaException(
      @ForAll @IntRange(max = 7) int which, @ForAll long seed) throws IOException {
    String[] names = {
      "rgba.png",
      "rgb.jpg",
      "cmyk.jpg",
      "rgb.bmp",
      "palette.gif",
      "lossy.webp",
      "lossless.webp",
      "lossy_alpha.webp"
    };
    byte[] damaged = resource(names[which]);
    Random random = new Random(seed);
    for (int i = 0; i < 4; i++) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    try {
      assertThat(decode(Image.of(damaged)).width()).isPositive();
    } catch (MediaException refused) {
      assertThat(refused).hasMessageContaining("bytes in memory");
    }
  }

  private static Pixels decode(Image image) {
    return ImageDecoder.decode(image, Cancellation.BY_INTERRUPTION).pixels();
  }

  private static byte[] pngHeaderOf(int width, int height) {
    byte[] type = "IHDR".getBytes(UTF_8);
    ByteBuffer header = ByteBuffer.allocate(17).put(type).putInt(width).putInt(height);
    header.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array());
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13});
    png.writeBytes(header.array());
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    png.writeBytes(new byte[] {0, 0, 0, 0, 'I', 'D', 'A', 'T'});
    return png.toByteArray();
  }

  private static int largestDifference(byte[] a, byte[] b) {
    assertThat(a).hasSameSizeAs(b);
    int largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return largest;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream file = ImageDecoderTest.class.getResourceAsStream("/pictures/" + name)) {
      return file.readAllBytes();
    }
  }
}
