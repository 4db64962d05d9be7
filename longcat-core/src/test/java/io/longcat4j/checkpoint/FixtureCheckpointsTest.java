package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FixtureCheckpointsTest {
  static Stream<Path> tensorFiles() throws Exception {
    List<Path> files;
    try (Stream<Path> bf16 = Files.walk(TestData.bf16());
        Stream<Path> fp8 = Files.walk(TestData.fp8())) {
      files =
          Stream.concat(bf16, fp8)
              .filter(file -> file.toString().matches(".*\\.(pt|safetensors)"))
              .sorted()
              .toList();
    }
    assertThat(files).hasSizeGreaterThan(15);
    return files.stream();
  }

  @ParameterizedTest
  @MethodSource("tensorFiles")
  void every_tensor_can_be_read_and_is_finite(Path file) {
    TensorSource source =
        file.toString().endsWith(".pt") ? PyTorchFile.open(file) : SafetensorsFile.open(file);

    assertThat(source.names()).isNotEmpty();
    for (String name : source.names()) {
      StoredTensor tensor = source.require(name);
      float[] values = tensor.toFloats();
      assertThat(values).hasSize(Math.toIntExact(tensor.shape().elements()));
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new AssertionError(tensor + " holds " + value);
        }
      }
    }
  }
}
