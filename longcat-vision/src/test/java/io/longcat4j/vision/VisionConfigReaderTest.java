package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.testing.TestData;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VisionConfigReaderTest {

  @Test
  void reads_the_values_of_a_checkpoint() {
    VisionConfig config =
        VisionConfigReader.read(
            ConfigFile.json(TestData.bf16().resolve("vision").resolve("config.json")));

    assertThat(config.fixedSize()).isZero();
    assertThat(config.mlpWidth()).isEqualTo(128);
    assertThat(config.headDim()).isEqualTo(16);
    assertThat(config.resizeFactor()).isEqualTo(2);
    assertThat(config.maxTokensVideoVit()).isEqualTo(600);
  }

  @Test
  void takes_the_published_codes_defaults_for_absent_keys() {
    VisionConfig config = VisionConfigReader.read(ConfigFile.of("config.json", Map.of()));

    assertThat(config.numHiddenLayers()).isEqualTo(24);
    assertThat(config.mlpWidth()).isEqualTo(2816);
    assertThat(config.minTokensVideo()).isEqualTo(config.minTokens());
    assertThat(config.maxTokensVideoVit()).isEqualTo(config.maxTokens());
  }

  @Test
  void a_fixed_resolution_mode_makes_squares() {
    VisionConfig config =
        VisionConfigReader.read(ConfigFile.of("config.json", Map.of("resolution_mode", "756")));
    PictureSizes sizes = new PictureSizes(config);

    assertThat(sizes.ofImage(10, 3000)).isEqualTo(new SmartResize.Size(756, 756));
    assertThat(sizes.grid(sizes.ofVideo(10, 20, 3))).isEqualTo(new Grid(54, 54));
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        Arguments.of("resolution_mode", "512"),
        Arguments.of("resolution_mode", "378"),
        Arguments.of("norm_type", "LayerNorm"),
        Arguments.of("hidden_act", "gelu"),
        Arguments.of("pe_type", "learned"),
        Arguments.of("num_channels", 4),
        Arguments.of("temporal_patch_size", 3),
        Arguments.of("relarge_ratio", 1.5),
        Arguments.of("spatial_merge_size", 3),
        Arguments.of("patch_size", 0),
        Arguments.of("patch_size", "fourteen"),
        Arguments.of("hidden_size", 1000),
        Arguments.of("intermediate_size", 1),
        Arguments.of("rope_theta", -1),
        Arguments.of("layer_norm_eps", 0),
        Arguments.of("image_mean", List.of(0.5, 0.5)),
        Arguments.of("image_std", List.of(0.2, 0.0, 0.2)),
        Arguments.of("max_tokens", -5));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void refuses_what_it_cannot_compute_by_the_name_of_the_key(String key, Object value) {
    assertThatThrownBy(
            () -> VisionConfigReader.read(ConfigFile.of("config.json", Map.of(key, value))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("config.json: " + key)
        .hasMessageContaining("use the file shipped with the checkpoint");
  }
}
