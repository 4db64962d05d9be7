package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.compute.StoredWeight;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ways in which tools store one and the same checkpoint. */
final class StoredFormsTest {
  private static final long[] TWO_BY_TWO = {2, 2};

  @TempDir Path folder;
  private final SafetensorsBytes tensors = new SafetensorsBytes();

  @BeforeEach
  void a_configuration() throws IOException {
    config("\"vocab_size\"", "\"vocab_size\"");
  }

  private void config(String part, String by) throws IOException {
    String published = Files.readString(TestData.bf16().resolve("config.json"));
    assertThat(published).contains(part);
    Files.writeString(folder.resolve("config.json"), published.replace(part, by));
  }

  private void tied() throws IOException {
    config("{", "{\"tie_word_embeddings\": true,");
    String twice = Files.readString(folder.resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"),
        twice.replaceFirst(
            "(?s)(\"tie_word_embeddings\": true,.*?),\\s*\"tie_word_embeddings\": \\w+", "$1"));
  }

  private Checkpoint open() {
    tensors.write(folder.resolve("model.safetensors"));
    return Checkpoint.open(folder);
  }

  @Test
  void a_stored_head_that_differs_from_the_embedding_it_should_be_is_used_and_told()
      throws Exception {
    tied();
    tensors.floats("model.embed_tokens.weight", TWO_BY_TWO, 1, 2, 3, 4);
    tensors.floats("lm_head.weight", TWO_BY_TWO, 1, 2, 3, 5);
    Checkpoint checkpoint = open();

    assertThat(checkpoint.weights().require("lm_head.weight").toFloats()).endsWith(5);
    assertThat(checkpoint.warnings())
        .singleElement()
        .asString()
        .contains("model.safetensors", "lm_head.weight differs", "tie_word_embeddings");
  }

  @Test
  void a_stored_head_that_is_the_embedding_is_left_out_silently() throws Exception {
    tied();
    tensors.floats("model.embed_tokens.weight", TWO_BY_TWO, 1, 2, 3, 4);
    tensors.floats("lm_head.weight", TWO_BY_TWO, 1, 2, 3, 4);
    Checkpoint checkpoint = open();

    assertThat(checkpoint.weights().names()).containsExactly("model.embed_tokens.weight");
    assertThat(checkpoint.warnings()).isEmpty();
  }

  @Test
  void a_tied_embedding_may_be_stored_as_the_head_alone() throws Exception {
    tied();
    tensors.floats("lm_head.weight", TWO_BY_TWO, 1, 2, 3, 4);
    Checkpoint checkpoint = open();

    assertThat(checkpoint.weights().require("model.embed_tokens.weight").toFloats())
        .containsExactly(1, 2, 3, 4);
    assertThat(checkpoint.weights().find("lm_head.weight")).isEmpty();
    assertThat(checkpoint.warnings()).isEmpty();
  }

  @Test
  void a_head_that_stands_for_an_untied_embedding_is_told() {
    tensors.floats("lm_head.weight", TWO_BY_TWO, 1, 2, 3, 4);
    Checkpoint checkpoint = open();

    assertThat(checkpoint.weights().names())
        .containsExactlyInAnyOrder("model.embed_tokens.weight", "lm_head.weight");
    assertThat(checkpoint.warnings())
        .singleElement()
        .asString()
        .contains("model.embed_tokens.weight is missing", "lm_head.weight is used");
  }

  @Test
  void an_embedding_that_is_stored_apart_is_found() throws IOException {
    String apart = "language_model_embedding.pt";
    Files.copy(TestData.bf16().resolve(apart), folder.resolve(apart));
    tensors.floats("lm_head.weight", TWO_BY_TWO, 1, 2, 3, 4);
    Checkpoint checkpoint = open();

    assertThat(checkpoint.weights().require("model.embed_tokens.weight").toFloats())
        .isEqualTo(
            Checkpoint.open(TestData.bf16())
                .weights()
                .require("model.embed_tokens.weight")
                .toFloats());
    assertThat(checkpoint.warnings()).isEmpty();
  }

  @Test
  void fused_experts_are_read_as_the_parts_they_are_made_of() {
    String experts = "model.layers.0.mlp.experts.";
    tensors.floats(experts + "gate_up_proj", new long[] {2, 4, 1}, 1, 2, 3, 4, 5, 6, 7, 8);
    tensors.floats(experts + "down_proj", new long[] {2, 1, 2}, 9, 10, 11, 12);
    TensorSource weights = open().weights();

    assertThat(weights.require(experts + "0.gate_proj.weight", 2, 1).toFloats())
        .containsExactly(1, 2);
    assertThat(weights.require(experts + "0.up_proj.weight", 2, 1).toFloats())
        .containsExactly(3, 4);
    assertThat(weights.require(experts + "1.gate_proj.weight", 2, 1).toFloats())
        .containsExactly(5, 6);
    assertThat(weights.require(experts + "1.up_proj.weight", 2, 1).toFloats())
        .containsExactly(7, 8);
    assertThat(weights.require(experts + "1.down_proj.weight", 1, 2).toFloats())
        .containsExactly(11, 12);
    assertThat(weights.names()).hasSize(6);
  }

  @Test
  void scales_of_fused_experts_go_with_their_parts() throws IOException {
    config("{", "{\"quantization_config\":{\"quant_method\":\"fp8\",\"weight_block_size\":[1,1]},");
    String experts = "model.layers.0.mlp.experts.";
    byte[] ones = {0x38, 0x38, 0x38, 0x38};
    tensors.tensor(experts + "gate_up_proj", DType.F8_E4M3, new long[] {2, 2, 1}, ones);
    tensors.floats(experts + "gate_up_proj_scale_inv", new long[] {2, 2, 1}, 1, 2, 3, 4);
    Checkpoint checkpoint = open();

    assertThat(row(checkpoint.weight(experts + "0.up_proj.weight"))).containsExactly(2);
    assertThat(row(checkpoint.weight(experts + "1.gate_proj.weight"))).containsExactly(3);
  }

  private static float[] row(ScaledTensor weight) {
    float[] row = new float[(int) weight.columns()];
    weight.readRow(0, row);
    return row;
  }

  @Test
  void fused_experts_of_another_form_are_named_with_the_remedy() {
    tensors.floats("model.layers.0.mlp.experts.gate_up_proj", TWO_BY_TWO, 1, 2, 3, 4);

    refused("gate_up_proj", "three dimensions", "save_pretrained");
  }

  @Test
  void experts_that_are_stored_fused_and_apart_are_refused() {
    tensors.floats("model.layers.0.mlp.experts.down_proj", new long[] {1, 1, 2}, 1, 2);
    tensors.floats("model.layers.0.mlp.experts.0.down_proj.weight", new long[] {1, 2}, 1, 2);

    refused("experts.0.down_proj.weight", "remove one");
  }

  @Test
  void weights_of_experts_that_compute_nothing_are_left_out() {
    ModelConfig config = Checkpoint.open(TestData.bf16()).model();
    String experts = "model.layers.0.mlp.experts.";
    int real = config.nRoutedExperts();
    tensors.floats(experts + (real - 1) + ".gate_proj.weight", TWO_BY_TWO, 1, 2, 3, 4);
    tensors.floats(experts + real + ".gate_proj.weight", TWO_BY_TWO, 1, 2, 3, 4);
    tensors.floats(experts + real + ".gate_proj.weight_scale_inv", TWO_BY_TWO, 1, 2, 3, 4);

    assertThat(open().weights().names())
        .containsExactly(experts + (real - 1) + ".gate_proj.weight");
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"U16", "U32", "U64", "C64", "F8_E5M2", "F8_E4M3FNUZ", "F6_E2M3", "F4"})
  void a_tensor_whose_format_is_not_read_is_refused_only_where_it_is_used(DType dtype) {
    tensors.tensor("odd", dtype, new long[] {4, 2}, new byte[(int) dtype.bytes(8)]);
    tensors.floats("w", TWO_BY_TWO, 1, 2, 3, 4);
    TensorSource weights = open().weights();

    assertThat(weights.require("w").toFloats()).containsExactly(1, 2, 3, 4);
    StoredTensor odd = weights.require("odd", 4, 2);
    assertThatThrownBy(odd::toFloats)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("model.safetensors", "tensor odd", dtype.name(), "convert");
    assertThatThrownBy(() -> StoredWeight.of(new ScaledTensor(odd, WeightScales.none()), 1))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("odd", dtype.name());
  }

  @Test
  void formats_of_less_than_a_byte_are_counted_in_bits() {
    tensors.tensor("odd", DType.F4, new long[] {3}, new byte[1]);

    refused("tensor odd", "span 1 bytes", "needs 2");
  }

  private void doubles(double... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(numbers);
    tensors.tensor("w", DType.F64, new long[] {2, 2}, bytes.array());
  }

  @Test
  void numbers_of_64_bits_are_rounded_to_the_nearest_of_32() {
    double half = 0x1p-24;
    doubles(1 + half, 1 + 3 * half, -1e-50, 0.1);
    ScaledTensor weight =
        ScaledTensor.find(open().weights(), "w", Optional.empty(), Optional.empty());

    assertThat(weight.values().dtype()).isEqualTo(DType.F32);
    assertThat(weight.values().toFloats()).containsExactly(1, 1 + 0x1p-22f, -0f, 0.1f);
    assertThat(weight.values().bytes(5, 3))
        .isEqualTo(
            ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(4, 1 + 0x1p-22f)
                .slice(5, 3));
    assertThat(weight.byteSize()).isEqualTo(16);
    assertThat(StoredWeight.of(weight, 1).dtype()).isEqualTo(DType.F32);
  }

  @Test
  void numbers_of_64_bits_that_32_cannot_hold_are_named() {
    doubles(1, 2, 3, 1e39);
    StoredTensor weight =
        ScaledTensor.find(open().weights(), "w", Optional.empty(), Optional.empty()).values();

    assertThatThrownBy(() -> weight.bytes(0, 16))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("tensor w", "1.0E39", "range of F32");
  }

  @Test
  void a_vector_that_is_no_number_is_named() {
    tensors.floats("bias", new long[] {2}, 1, Float.NaN);
    StoredTensor bias = open().weights().require("bias");

    assertThatThrownBy(bias::requireFinite)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("model.safetensors", "tensor bias", "NaN at index 1", "fetch");
  }

  private void index(String shard) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"w\":\"" + shard + "\"}}");
  }

  @Test
  void a_single_file_beside_an_index_whose_files_are_gone_is_read_and_told() throws IOException {
    index("model-00001-of-00002.safetensors");
    tensors.floats("w", TWO_BY_TWO, 1, 2, 3, 4);
    Checkpoint checkpoint = open();

    assertThat(checkpoint.weights().require("w").toFloats()).hasSize(4);
    assertThat(checkpoint.warnings())
        .singleElement()
        .asString()
        .contains("model.safetensors.index.json", "model.safetensors is read", "Remove the index");
  }

  @Test
  void a_single_file_beside_an_index_with_its_files_is_a_conflict() throws IOException {
    index("model-00001-of-00001.safetensors");
    tensors.floats("w", TWO_BY_TWO, 1, 2, 3, 4);
    tensors.write(folder.resolve("model-00001-of-00001.safetensors"));

    refused("has model.safetensors and model.safetensors.index.json", "model-00001-of-00001");
  }

  @Test
  void an_index_of_the_single_file_is_no_conflict() throws IOException {
    index("model.safetensors");
    tensors.floats("w", TWO_BY_TWO, 1, 2, 3, 4);

    assertThat(open().warnings()).isEmpty();
  }

  @Test
  void shards_beside_a_single_file_without_an_index_are_told() {
    tensors.floats("w", TWO_BY_TWO, 1, 2, 3, 4);
    tensors.write(folder.resolve("model-00001-of-00002.safetensors"));

    assertThat(open().warnings())
        .singleElement()
        .asString()
        .contains("model-00001-of-00002.safetensors beside model.safetensors");
  }

  private void refused(String... parts) {
    tensors.write(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void a_directory_in_a_zip_file_is_refused_with_the_remedy() throws IOException {
    URI zip = URI.create("jar:" + folder.resolve("model.zip").toUri());
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = files.getPath("/model");
      Files.createDirectory(inside);
      Files.copy(folder.resolve("config.json"), inside.resolve("config.json"));

      assertThatThrownBy(() -> Checkpoint.open(inside))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll("model.zip", "cannot be mapped", "unpack");
    }
  }

  @Test
  void a_path_may_be_relative_and_wind_and_links_may_lead_elsewhere() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("hub/blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("hub/snapshots/größe 1"));
    tensors.floats("w", TWO_BY_TWO, 1, 2, 3, 4).write(blobs.resolve("a1"));
    Files.move(folder.resolve("config.json"), blobs.resolve("b2"));
    Files.writeString(blobs.resolve("c3"), "{\"weight_map\":{\"w\":\"model-1.safetensors\"}}");
    link(snapshot, "model-1.safetensors", "a1");
    link(snapshot, "config.json", "b2");
    link(snapshot, "model.safetensors.index.json", "c3");
    Files.createSymbolicLink(folder.resolve("current"), snapshot);
    Path here = Path.of("").toAbsolutePath();

    for (Path way :
        new Path[] {
          snapshot,
          here.relativize(snapshot),
          here.relativize(snapshot).resolve("."),
          here.relativize(snapshot).resolve("../größe 1/"),
          Path.of(snapshot + "/"),
          folder.resolve("current"),
          folder.resolve("current/../größe 1"),
          Path.of(".").resolve(here.relativize(folder)).resolve("current")
        }) {
      assertThat(Checkpoint.open(way).weights().require("w").toFloats()).endsWith(4);
    }
  }

  private static void link(Path snapshot, String name, String blob) throws IOException {
    Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs", blob));
  }
}
