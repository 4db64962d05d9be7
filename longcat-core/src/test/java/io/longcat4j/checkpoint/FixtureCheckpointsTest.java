package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  @Test
  void both_checkpoints_open_with_all_their_parts() {
    for (Path directory : List.of(TestData.bf16(), TestData.fp8())) {
      Checkpoint checkpoint = Checkpoint.open(directory);

      assertThat(checkpoint.hasVision()).isTrue();
      assertThat(checkpoint.hasAudio()).isTrue();
      assertThat(checkpoint.hasCodec()).isTrue();
      assertThat(checkpoint.hasSpeechHeads()).isTrue();
      ModelConfig model = checkpoint.model();
      checkpoint
          .weights()
          .require("model.embed_tokens.weight", model.vocabSize(), model.hiddenSize());
      checkpoint
          .audioOutputLayers()
          .require("audio_output_layers.0.weight", model.audioVocabSize(), model.hiddenSize());
      checkpoint
          .audioEmbeddings()
          .require("audio_embeddings.0.weight", model.audioVocabSize(), model.hiddenSize());
    }
  }

  @Test
  void the_embedding_in_the_pytorch_file_equals_the_one_in_the_shards() {
    Checkpoint checkpoint = Checkpoint.open(TestData.bf16());

    float[] shard = checkpoint.weights().require("model.embed_tokens.weight").toFloats();
    float[] separate =
        checkpoint
            .pyTorch("language_model_embedding.pt")
            .require("word_embeddings.weight")
            .toFloats();

    assertThat(separate).isEqualTo(shard);
  }

  @Test
  void scales_are_found_where_they_are_and_fit_their_weights() {
    Checkpoint fp8 = Checkpoint.open(TestData.fp8());
    long scaled =
        fp8.weights().names().stream()
            .filter(name -> name.endsWith(".weight"))
            .filter(name -> fp8.weight(name).scales() instanceof WeightScales.Blocks)
            .count();
    long scales =
        fp8.weights().names().stream().filter(name -> name.endsWith("_scale_inv")).count();

    assertThat(scaled).isEqualTo(scales).isPositive();
    assertThat(fp8.weight("model.norm.weight").scales()).isEqualTo(WeightScales.none());
  }
}
