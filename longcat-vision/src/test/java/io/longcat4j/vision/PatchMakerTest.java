package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Pixels;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.spi.Cancellation;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class PatchMakerTest {
  private static final int SIDE = 2;

  private final PatchMaker maker =
      new PatchMaker(
          VisionConfigReader.read(
              ConfigFile.of(
                  "config.json",
                  Map.of(
                      "patch_size",
                      SIDE,
                      "min_tokens",
                      1,
                      "image_mean",
                      List.of(0, 0, 0),
                      "image_std",
                      List.of(1 / 255.0, 1 / 255.0, 1 / 255.0)))));

  @Test
  void numbers_of_a_patch_are_ordered_channel_frame_row_column() {
    Pixels first = counting(0);
    Pixels second = counting(100);
    FloatBuffer patches = FloatBuffer.allocate(2 * maker.patchWidth());

    maker.write(new FramePair(first, second, new Grid(1, 2)), patches);

    float[] rightPatch = new float[maker.patchWidth()];
    patches.get(maker.patchWidth(), rightPatch);
    assertThat(rightPatch)
        .usingComparatorWithPrecision(1e-3f)
        .containsExactly(
            6, 9, 18, 21, 106, 109, 118, 121, // red
            7, 10, 19, 22, 107, 110, 119, 122, // green
            8, 11, 20, 23, 108, 111, 120, 123); // blue
  }

  @Test
  void an_image_is_its_own_pair() {
    FramePair pair = maker.image(counting(0), Cancellation.BY_INTERRUPTION);

    assertThat(pair.first()).isEqualTo(pair.second());
    assertThat(pair.grid()).isEqualTo(new Grid(1, 2));
  }

  @Test
  void a_very_large_picture_stays_within_the_token_limit() {
    PatchMaker published =
        new PatchMaker(VisionConfigReader.read(ConfigFile.of("config.json", Map.of())));

    FramePair pair =
        published.image(
            new Pixels(8000, 6000, new byte[3 * 8000 * 6000]), Cancellation.BY_INTERRUPTION);

    assertThat(pair.grid().patches()).isBetween(15_000, 16_384);
  }

  private static Pixels counting(int from) {
    byte[] rgb = new byte[2 * SIDE * SIDE * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (from + i);
    }
    return new Pixels(2 * SIDE, SIDE, rgb);
  }
}
