package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.CheckpointException;
import io.longcat4j.Image;
import io.longcat4j.Pixels;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.vision.Grid;
import io.longcat4j.vision.Matrix;
import io.longcat4j.vision.VisionStages;
import io.longcat4j.vision.VisionStages.Pooled;
import io.longcat4j.vision.VisionStages.Stages;
import java.util.ArrayList;
import java.util.List;

/** Pictures to patches and embeddings: {@code images}, {@code vision.*} and {@code video}. */
record VisionStage(Target target) implements Stage {
  private static final String FRAMES = "video.frames_rgb";
  private static final String RATIO = "video.compress_ratio";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Override
  public String name() {
    return "vision";
  }

  @Override
  public boolean covers(String entry) {
    return entry.startsWith("images.") || entry.startsWith("vision.") || entry.startsWith("video.");
  }

  @Override
  public void run(Comparison comparison) {
    try (VisionStages vision = VisionStages.open(target.context())) {
      for (String name : comparison.golden().namesIn("images")) {
        image(comparison, vision, name);
      }
      if (comparison.golden().has(FRAMES)) {
        video(comparison, vision);
      }
    }
  }

  private void image(Comparison comparison, VisionStages vision, String name) {
    Expectations facts = new Expectations(comparison, "images." + name + ".");
    facts.description("name");
    facts.description("rows_kept");
    String file = comparison.inputValue(facts.prefix() + "file").asText();
    Pixels pixels = VisionStages.decode(Image.of(target.mediaFile(file)));
    Stages stages = vision.image(pixels);
    facts.value("size_wh", () -> JSON.valueToTree(List.of(pixels.width(), pixels.height())));
    facts.value("grid", () -> withTime(stages.grids()));
    facts.value("tokens", () -> tokens(stages.grids()));
    numbers(new Expectations(comparison, "vision." + name + "."), stages);
  }

  private static void numbers(Expectations expected, Stages stages) {
    Matrix patches = stages.patches();
    expected.features("patches", patches::values);
    expected.thinnedFeatures("patches", patches.columns(), patches.values());
    expected.features("patch_mean_std", () -> stages.patchMeanStd().values());
    expected.values("encoder", stages.encoder()::values);
    expected.values("embeddings", stages.embeddings()::values);
  }

  private static void video(Comparison comparison, VisionStages vision) {
    Stages stages = vision.video(frames(comparison.input(FRAMES)));
    Expectations expected = new Expectations(comparison, "video.");
    Pooled pooled =
        expected.has("compress_ratio")
            ? vision.pool(stages, comparison.inputValue(RATIO).asDouble())
            : vision.pool(stages);
    numbers(expected, stages);
    expected.values("pooled", pooled.rows()::values);
    expected.value("grid", () -> withTime(stages.grids()));
    expected.value("tokens", () -> tokens(stages.grids()));
    expected.value("resized_grid", () -> withoutTime(pooled.grids()));
    expected.value("resized_tokens", () -> tokens(pooled.grids()));
  }

  private static List<Pixels> frames(StoredTensor tensor) {
    if (tensor.shape().rank() != 4 || tensor.shape().dim(3) != 3) {
      throw new CheckpointException(tensor + ": expected [frames, height, width, 3]");
    }
    int height = Math.toIntExact(tensor.shape().dim(1));
    int width = Math.toIntExact(tensor.shape().dim(2));
    int bytes = Math.toIntExact(3L * height * width);
    List<Pixels> frames = new ArrayList<>();
    for (long at = 0; at < tensor.byteSize(); at += bytes) {
      byte[] rgb = new byte[bytes];
      tensor.bytes(at, bytes).get(rgb);
      frames.add(new Pixels(width, height, rgb));
    }
    return frames;
  }

  private static JsonNode withTime(List<Grid> grids) {
    return JSON.valueToTree(
        grids.stream().map(grid -> List.of(1, grid.rows(), grid.columns())).toList());
  }

  private static JsonNode withoutTime(List<Grid> grids) {
    return JSON.valueToTree(
        grids.stream().map(grid -> List.of(grid.rows(), grid.columns())).toList());
  }

  private static JsonNode tokens(List<Grid> grids) {
    return JSON.valueToTree(grids.stream().map(Grid::tokens).toList());
  }
}
