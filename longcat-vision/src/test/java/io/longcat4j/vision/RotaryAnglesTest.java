package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.checkpoint.ConfigFile;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotaryAnglesTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 0", "1, 1, 0, 1", "1, 4, 1, 0", "1, 7, 1, 3",
    "2, 1, 0, 1", "2, 2, 1, 0", "2, 4, 0, 2", "2, 7, 1, 3",
  })
  void the_first_half_follows_the_row_and_the_second_the_column(
      int merge, int patch, int row, int column) {
    VisionConfig config =
        VisionConfigReader.read(
            ConfigFile.of(
                "config.json",
                Map.of("hidden_size", 8, "num_attention_heads", 1, "spatial_merge_size", merge)));

    RotaryAngles angles = RotaryAngles.of(config, new Grid(2, 4));

    float[] expected = {row, row * 0.01f, column, column * 0.01f};
    for (int i = 0; i < 4; i++) {
      assertThat(angles.cosines()[patch * 4 + i])
          .isEqualTo((float) Math.cos(expected[i]), within(1e-6f));
      assertThat(angles.sines()[patch * 4 + i])
          .isEqualTo((float) Math.sin(expected[i]), within(1e-6f));
    }
  }
}
