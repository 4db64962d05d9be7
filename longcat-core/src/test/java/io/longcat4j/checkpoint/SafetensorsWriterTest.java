package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsReadBack() {
    float[] large = new float[70_001];
    Random random = new Random(1);
    for (int i = 0; i < large.length; i++) {
      large[i] = random.nextFloat();
    }
    Path file = folder.resolve("tensors.safetensors");
    new SafetensorsWriter()
        .add("größe", Shape.of(1, 70_001), large)
        .add("empty", Shape.of(0, 3), new float[0])
        .add("scalar", Shape.of(), new float[] {-0f})
        .write(file);

    TensorSource source = SafetensorsFile.open(file);
    assertThat(source.names()).containsExactly("größe", "empty", "scalar");
    assertThat(source.require("größe", 1, 70_001).toFloats()).isEqualTo(large);
    assertThat(source.require("empty", 0, 3).toFloats()).isEmpty();
    assertThat(source.require("scalar").toFloats()).containsExactly(-0f);
    assertThat(source.require("scalar").dtype()).isEqualTo(DType.F32);
  }

  @Test
  void aShapeMustFitItsValues() {
    SafetensorsWriter writer = new SafetensorsWriter();
    assertThatThrownBy(() -> writer.add("x", Shape.of(2, 2), new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x: [2, 2] does not fit 3 values");
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("no").resolve("x.safetensors");
    assertThatThrownBy(() -> new SafetensorsWriter().write(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString());
  }
}
