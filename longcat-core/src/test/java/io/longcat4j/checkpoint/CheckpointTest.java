package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointTest {
  private static final long[] ONE = {1};

  @TempDir Path folder;

  @BeforeEach
  void a_configuration() throws IOException {
    Files.copy(TestData.bf16().resolve("config.json"), folder.resolve("config.json"));
  }

  private void shard(String file, String tensor, float value) {
    new SafetensorsBytes().floats(tensor, ONE, value).write(folder.resolve(file));
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\":" + weightMap + "}");
  }

  private float value(String tensor) {
    return Checkpoint.open(folder).weights().require(tensor).toFloats()[0];
  }

  private void refused(String... parts) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void a_missing_directory_is_named() {
    Path none = folder.resolve("none");

    assertThatThrownBy(() -> Checkpoint.open(none))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(none.toString(), "does not exist", "give the directory");
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("config.json")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is no directory");
  }

  @Test
  void checkpoints_with_other_weights_or_another_configuration_are_told_apart() throws IOException {
    shard("model.safetensors", "a", 1);
    byte[] first = Checkpoint.open(folder).fingerprint();
    assertThat(Checkpoint.open(folder).fingerprint()).hasSize(32).isEqualTo(first);

    shard("model.safetensors", "a", 2);
    byte[] otherNumber = Checkpoint.open(folder).fingerprint();
    shard("model.safetensors", "b", 1);
    byte[] otherName = Checkpoint.open(folder).fingerprint();
    shard("model.safetensors", "a", 1);
    assertThat(Checkpoint.open(folder).fingerprint()).isEqualTo(first);
    Path config = folder.resolve("config.json");
    Files.writeString(config, Files.readString(config) + "\n");
    byte[] otherConfiguration = Checkpoint.open(folder).fingerprint();

    assertThat(List.of(first, otherNumber, otherName, otherConfiguration)).doesNotHaveDuplicates();
  }

  @Test
  void a_missing_configuration_is_named() throws IOException {
    Files.delete(folder.resolve("config.json"));

    refused("config.json: does not exist", "give the directory");
  }

  @Test
  void a_directory_without_weights_is_refused() {
    refused("has neither model.safetensors.index.json nor any model*.safetensors");
  }

  @Test
  void a_directory_without_the_omni_parts_is_text_only() {
    shard("model.safetensors", "w", 3);
    Checkpoint checkpoint = Checkpoint.open(folder);

    assertThat(checkpoint.hasVision()).isFalse();
    assertThat(checkpoint.hasAudio()).isFalse();
    assertThat(checkpoint.hasCodec()).isFalse();
    assertThat(checkpoint.hasSpeechHeads()).isFalse();
    assertThat(value("w")).isEqualTo(3);
    assertThatThrownBy(checkpoint::audioEmbeddings)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("audio_embeddings.pt", "does not exist", "fetch the file");
  }

  @Test
  void the_index_chooses_the_shard() throws IOException {
    shard("model_1.safetensors", "w", 1);
    shard("model_2.safetensors", "w", 2);
    index("{\"w\":\"model_2.safetensors\"}");

    assertThat(value("w")).isEqualTo(2);
  }

  @Test
  void shards_without_an_index_belong_together() {
    shard("model-00001-of-00002.safetensors", "a", 1);
    shard("model-00002-of-00002.safetensors", "b", 2);

    assertThat(Checkpoint.open(folder).weights().names()).containsExactly("a", "b");
    assertThat(value("b")).isEqualTo(2);
  }

  @Test
  void a_missing_number_among_shards_without_an_index_is_named() {
    shard("model-00001-of-00003.safetensors", "a", 1);
    shard("model-00003-of-00003.safetensors", "b", 2);

    refused("model-00002-of-00003.safetensors is missing");
  }

  @Test
  void a_tensor_in_two_shards_without_an_index_is_refused() {
    shard("model_a.safetensors", "w", 1);
    shard("model_b.safetensors", "w", 2);

    refused(
        "tensor w is in",
        "model_a.safetensors",
        "model_b.safetensors",
        "no model.safetensors.index.json");
  }

  @Test
  void an_index_that_names_a_missing_shard_is_refused() throws IOException {
    index("{\"w\":\"model_9.safetensors\"}");

    refused("index.json", "names the shard model_9.safetensors, which does not exist", "fetch");
  }

  @Test
  void an_index_that_promises_a_tensor_its_shard_lacks_is_refused() throws IOException {
    shard("model_1.safetensors", "v", 1);
    index("{\"v\":\"model_1.safetensors\",\"w\":\"model_1.safetensors\"}");

    refused("promises tensor w in model_1.safetensors, which lacks it");
  }

  @Test
  void a_truncated_shard_is_named() throws IOException {
    shard("model_1.safetensors", "w", 1);
    index("{\"w\":\"model_1.safetensors\"}");
    Path file = folder.resolve("model_1.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));

    refused("model_1.safetensors", "tensor w", "truncated");
  }

  @Test
  void an_index_that_leaves_the_directory_is_refused() throws IOException {
    index("{\"w\":\"../model.safetensors\"}");

    refused("../model.safetensors, which lies outside the checkpoint");
  }

  @Test
  void an_index_of_another_form_is_refused() throws IOException {
    index("{\"w\":3}");
    refused("weight_map.w is 3", "expected a text");
    index("[]");
    refused("weight_map is a list of 0");
  }

  @Test
  void tensors_the_index_leaves_out_are_found() throws IOException {
    new SafetensorsBytes()
        .floats("w", ONE, 1)
        .floats("w_scale_inv", ONE, 2)
        .write(folder.resolve("model_1.safetensors"));
    index("{\"w\":\"model_1.safetensors\"}");

    assertThat(value("w_scale_inv")).isEqualTo(2);
  }
}
