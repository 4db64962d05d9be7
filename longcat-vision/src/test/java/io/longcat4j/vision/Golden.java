package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Expected numbers of a fixture checkpoint. */
record Golden(Path checkpoint, TensorSource tensors, JsonNode json) {
  private static final double FEATURES = 2e-3;
  private static final double RELATIVE = 1e-3;

  static Golden of(Path checkpoint) {
    Path folder = TestData.golden(checkpoint);
    try {
      return new Golden(
          checkpoint,
          SafetensorsFile.open(folder.resolve("golden.safetensors")),
          new ObjectMapper().readTree(folder.resolve("golden.json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ModalityContext context() {
    int hidden = config().get("hidden_size").intValue();
    return new ModalityContext(checkpoint, hidden, Device.cpu(), 2, LoadingListener.silent());
  }

  private JsonNode config() {
    try {
      return new ObjectMapper().readTree(checkpoint.resolve("config.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Grid> grids(JsonNode list) {
    List<Grid> grids = new ArrayList<>();
    for (JsonNode grid : list) {
      int size = grid.size();
      grids.add(new Grid(grid.get(size - 2).intValue(), grid.get(size - 1).intValue()));
    }
    return grids;
  }

  void assertPatches(String prefix, Matrix patches) {
    String start = prefix + ".patches_every_";
    String name =
        tensors.names().stream().filter(n -> n.startsWith(start)).findFirst().orElseThrow();
    int every = Integer.parseInt(name.substring(start.length()));
    List<Matrix> kept = new ArrayList<>();
    for (int row = 0; row < patches.rows(); row += every) {
      kept.add(patches.slice(row, 1));
    }
    assertNear(name, Matrix.concat(kept), FEATURES);
  }

  void assertFeatures(String name, Matrix actual) {
    assertNear(name, actual, FEATURES);
  }

  void assertClose(String name, Matrix actual) {
    double largest = 0;
    for (float value : tensors.require(name).toFloats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertNear(name, actual, RELATIVE * largest);
  }

  private void assertNear(String name, Matrix actual, double tolerance) {
    assertThat(tensors.require(name).shape().dims())
        .as("shape of %s", name)
        .containsExactly(actual.rows(), actual.columns());
    float[] expected = tensors.require(name).toFloats();
    double largestError = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual.values()[i]);
      largestError = error <= largestError ? largestError : error;
    }
    assertThat(largestError)
        .as("largest error of %s, tolerance %s", name, tolerance)
        .isLessThanOrEqualTo(tolerance);
  }
}
