package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Image;
import io.longcat4j.Pixels;
import io.longcat4j.testing.TestData;
import io.longcat4j.vision.VisionStages.Pooled;
import io.longcat4j.vision.VisionStages.Stages;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VisionGoldenTest {
  private static final Set<String> PATCHES_ALONE = Set.of("grey_320x240", "palette_300x300");

  static Stream<Path> checkpoints() {
    return Stream.of(TestData.bf16(), TestData.fp8());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void images_match_the_reference_at_every_stage(Path checkpoint) {
    Golden golden = Golden.of(checkpoint);
    assertThat(golden.json().get("images")).isNotEmpty();
    try (VisionStages vision = VisionStages.open(golden.context())) {
      for (JsonNode image : golden.json().get("images")) {
        Path file = TestData.media(image.get("file").textValue());
        Stages stages = vision.image(VisionStages.decode(Image.of(file)));

        String prefix = "vision." + image.get("name").textValue();
        assertThat(stages.grids()).as(prefix).isEqualTo(Golden.grids(image.get("grid")));
        golden.assertPatches(prefix, stages.patches());
        golden.assertFeatures(prefix + ".patch_mean_std", stages.patchMeanStd());
        // What differs with the kind of file ends with the patches, so two go no further.
        if (!PATCHES_ALONE.contains(image.get("name").textValue())) {
          golden.assertClose(prefix + ".encoder", stages.encoder());
          golden.assertClose(prefix + ".embeddings", stages.embeddings());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void a_video_matches_the_reference_at_every_stage(Path checkpoint) {
    Golden golden = Golden.of(checkpoint);
    JsonNode video = golden.json().get("video");
    try (VisionStages vision = VisionStages.open(golden.context())) {
      Stages stages = vision.video(frames(golden));
      assertThat(stages.grids()).isEqualTo(Golden.grids(video.get("grid")));
      golden.assertPatches("video", stages.patches());
      golden.assertClose("video.embeddings", stages.embeddings());

      Pooled pooled = vision.pool(stages, video.get("compress_ratio").doubleValue());
      assertThat(pooled.grids()).isEqualTo(Golden.grids(video.get("resized_grid")));
      golden.assertClose("video.pooled", pooled.rows());
    }
  }

  private static List<Pixels> frames(Golden golden) {
    var tensor = golden.tensors().require("video.frames_rgb");
    int height = (int) tensor.shape().dim(1);
    int width = (int) tensor.shape().dim(2);
    List<Pixels> frames = new ArrayList<>();
    for (int i = 0; i < tensor.shape().dim(0); i++) {
      byte[] rgb = new byte[height * width * 3];
      ByteBuffer bytes = tensor.bytes((long) i * rgb.length, rgb.length);
      bytes.get(rgb);
      frames.add(new Pixels(width, height, rgb));
    }
    return frames;
  }
}
