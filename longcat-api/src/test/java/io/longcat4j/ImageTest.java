package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void aDrawnPictureKeepsItsColours(int type) {
    BufferedImage picture = new BufferedImage(2, 3, type);
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 2; x++) {
        picture.setRGB(x, y, 0xff000000 | (x * 100 + 1) << 16 | (y * 50 + 2) << 8 | 0xfe);
      }
    }
    byte[] expected = new byte[18];
    for (int i = 0; i < 6; i++) {
      expected[3 * i] = (byte) (i % 2 * 100 + 1);
      expected[3 * i + 1] = (byte) (i / 2 * 50 + 2);
      expected[3 * i + 2] = (byte) 0xfe;
    }
    assertThat(Image.of(picture)).isEqualTo(Image.of(new Pixels(2, 3, expected)));
  }

  @Test
  void transparencyIsLeftOut() {
    BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, 0x20304050);
    assertThat(Image.of(picture))
        .isEqualTo(Image.of(new Pixels(1, 1, new byte[] {0x30, 0x40, 0x50})));
  }
}
