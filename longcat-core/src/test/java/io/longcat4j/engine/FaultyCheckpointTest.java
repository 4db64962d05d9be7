package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.SafetensorsWriter;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.tensor.Shape;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text-only copies of the fixture in which something is wrong, or superfluous. */
final class FaultyCheckpointTest {
  private static final Generation THREE = Generation.builder().maxNewTokens(3).build();
  private static final Shape PAIR = Shape.of(2, 2);

  @TempDir Path folder;

  private Path copy(BiConsumer<String, float[]> change, BiConsumer<SafetensorsWriter, Integer> more)
      throws IOException {
    for (String file : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(TestData.bf16().resolve(file), folder.resolve(file));
    }
    Checkpoint fixture = Checkpoint.open(TestData.bf16());
    TensorSource weights = fixture.weights();
    SafetensorsWriter tensors = new SafetensorsWriter();
    for (String name : weights.names()) {
      StoredTensor tensor = weights.require(name);
      float[] values = tensor.toFloats();
      change.accept(name, values);
      tensors.add(name, tensor.shape(), values);
    }
    more.accept(tensors, fixture.model().nRoutedExperts());
    tensors.write(folder.resolve("model.safetensors"));
    return folder;
  }

  private Path with(String tensor, float value) throws IOException {
    return copy(
        (name, values) ->
            values[values.length / 2] = name.equals(tensor) ? value : values[values.length / 2],
        (tensors, experts) -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "model.layers.1.mlp.router.e_score_correction_bias, NaN",
    "model.layers.0.mlp.router.e_score_correction_bias, -Infinity",
    "model.layers.0.input_layernorm.1.weight, NaN",
    "model.layers.1.self_attn.0.kv_a_layernorm.weight, Infinity",
    "model.norm.weight, NaN"
  })
  void a_vector_that_is_no_number_is_refused_by_its_name(String tensor, float value)
      throws IOException {
    Path checkpoint = with(tensor, value);

    assertThatThrownBy(() -> LongCat.builder().model(checkpoint).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("model.safetensors", tensor, String.valueOf(value), "fetch");
  }

  @ParameterizedTest
  @CsvSource({
    "lm_head.weight",
    "model.layers.1.mlp.router.classifier.weight",
    "model.layers.0.mlps.1.down_proj.weight"
  })
  void a_matrix_that_is_no_number_ends_the_request_with_an_error(String tensor) throws IOException {
    try (LongCat longcat = LongCat.builder().model(with(tensor, Float.NaN)).build()) {
      assertThatThrownBy(() -> longcat.generate(Prompt.user("Hello"), THREE))
          .isInstanceOf(BackendException.class)
          .hasMessageContainingAll("NaN", "the checkpoint is damaged");
    }
  }

  @Test
  void what_is_not_used_is_told_as_long_as_the_engine_lives() throws IOException {
    Path checkpoint =
        copy(
            (name, values) -> {},
            (tensors, experts) -> {
              tensors.add("model.layers.7.input_layernorm.0.weight", PAIR, new float[4]);
              tensors.add("adapter.weight", PAIR, new float[4]);
            });
    try (LongCat longcat = LongCat.builder().model(checkpoint).build()) {
      assertThat(longcat.describe())
          .containsPattern("(?m)^warnings: .*2 tensors have no place.* adapter.weight and others");
    }
    try (LongCat longcat = LongCat.builder().model(TestData.bf16()).build()) {
      assertThat(longcat.describe()).doesNotContain("warnings:");
    }
  }

  @Test
  void weights_of_experts_that_compute_nothing_are_not_planned_for() throws IOException {
    long whole =
        LongCat.builder()
            .model(copy((name, values) -> {}, (tensors, experts) -> {}))
            .plan()
            .weightBytes();
    Path config = folder.resolve("config.json");
    for (String file : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
      Files.delete(folder.resolve(file));
    }
    assertThat(config).doesNotExist();
    Path checkpoint =
        copy(
            (name, values) -> {},
            (tensors, experts) ->
                tensors.add(
                    "model.layers.0.mlp.experts." + experts + ".gate_proj.weight",
                    PAIR,
                    new float[4]));

    assertThat(LongCat.builder().model(checkpoint).plan().weightBytes()).isEqualTo(whole);
    try (LongCat longcat = LongCat.builder().model(checkpoint).build()) {
      assertThat(longcat.describe()).doesNotContain("warnings:");
    }
  }

  @Test
  void a_token_beyond_the_embeddings_is_refused_by_its_id_and_harms_nobody_else()
      throws IOException {
    Path checkpoint = copy((name, values) -> {}, (tensors, experts) -> {});
    Path file = checkpoint.resolve("tokenizer.json");
    String token = "{\"id\": 1000000, \"content\": \"[beyond]\", \"special\": false}";
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("\"added_tokens\": \\[", "\"added_tokens\": [" + token + ", "));
    try (LongCat longcat = LongCat.builder().model(checkpoint).build();
        Conversation conversation = longcat.conversation()) {
      Generation long20 = Generation.builder().maxNewTokens(20).build();
      String alone = longcat.generate(Prompt.user("Hello"), long20).text();
      try (ReplyStream running = longcat.stream(Prompt.user("Hello"), long20)) {
        assertThatThrownBy(() -> longcat.generate(Prompt.user("what is [beyond]"), THREE))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContainingAll("1000000", "tokenizer.json");
        assertThatThrownBy(() -> conversation.send(THREE, Text.of("what is [beyond]")))
            .isInstanceOf(InvalidRequestException.class);
        assertThat(running.toReply().text()).isEqualTo(alone);
      }
    }
  }
}
