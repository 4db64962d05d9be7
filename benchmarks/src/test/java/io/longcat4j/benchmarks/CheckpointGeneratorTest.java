package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.Backend;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.Sharing;
import io.longcat4j.quantize.Quantizer;
import io.longcat4j.quantize.Scope;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("once")
class CheckpointGeneratorTest {
  private static final ModelSizes TINY =
      new ModelSizes(2, 640, 160, 200, 72, 2, 48, 32, 16, 8, 24, 10, 5, 3);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void a_generated_checkpoint_runs_and_its_activations_stay_finite(WeightFormat format) {
    new CheckpointGenerator(TINY, format, 7).write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    try (ComputeBackend backend =
            BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
        LayerRunner runner = new LayerRunner(checkpoint, backend, 8)) {
      runner.prefill(8);
      assertThat(runner.realExperts()).isBetween(0.5, 3.0);
      assertThat(runner.decode(8, 2).count()).isEqualTo(2);
      float[] logits = runner.logits(5);
      assertThat(logits).doesNotContain(Float.NaN);
      assertThat(Arrays.stream(boxed(logits)).max(Float::compare).orElseThrow()).isBetween(1f, 9f);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_layer_for_multi_token_prediction_is_added_where_it_is_wanted(WeightFormat format) {
    CheckpointGenerator generator = new CheckpointGenerator(TINY, format, 7, true);
    generator.write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    assertThat(LanguageModel.weightBytes(checkpoint.weights(), true)).isEqualTo(generator.bytes());
    assertThat(LanguageModel.weightBytes(checkpoint.weights(), false))
        .isEqualTo(new CheckpointGenerator(TINY, format, 7).bytes());
    try (ComputeBackend backend =
            BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
        LanguageModel model =
            LanguageModel.load(
                checkpoint.model(),
                checkpoint.weights(),
                backend,
                Sharing.none().withDrafts(true),
                LoadingListener.silent())) {
      assertThat(model.drafts()).isTrue();
    }
    assertThat(generator.write(folder, Optional.empty())).as("it is there").isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void the_size_told_before_is_the_size_on_disk(WeightFormat format) throws Exception {
    CheckpointGenerator generator = new CheckpointGenerator(TINY, format, 7);
    generator.write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    long stored =
        checkpoint.weights().names().stream()
            .map(checkpoint.weights()::require)
            .mapToLong(StoredTensor::byteSize)
            .sum();
    assertThat(generator.bytes()).isEqualTo(stored);
    assertThat(Files.size(folder.resolve("model.safetensors"))).isGreaterThan(stored);
  }

  @Test
  void fp8_is_for_the_matrices_that_are_fp8_in_the_published_checkpoint() {
    new CheckpointGenerator(TINY, WeightFormat.FP8, 7).write(folder, Optional.empty());
    Checkpoint generated = Checkpoint.open(folder);
    Checkpoint published = Checkpoint.open(TestData.fp8());
    for (String name : generated.weights().names()) {
      if (!name.matches(".*layers\\.1\\..*")) {
        assertThat(generated.weights().require(name).dtype())
            .as(name)
            .isEqualTo(published.weights().require(name).dtype());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void integers_are_laid_out_as_the_quantiser_does(WeightFormat format) throws Exception {
    Path plain = folder.resolve("plain");
    new CheckpointGenerator(TINY, WeightFormat.BF16, 7).write(plain, Optional.empty());
    Path quantised = folder.resolve("quantised");
    new Quantizer(format.precision().orElseThrow(), Scope.ALL, Quantizer.SHARD_BYTES)
        .run(Checkpoint.open(plain), quantised, (name, done, total) -> {});
    Path generated = folder.resolve("generated");
    new CheckpointGenerator(TINY, format, 7).write(generated, Optional.empty());
    assertThat(layout(generated)).isEqualTo(layout(quantised));
    assertThat(quantization(generated)).isEqualTo(quantization(quantised));
  }

  private static Map<String, String> layout(Path directory) {
    TensorSource weights = Checkpoint.open(directory).weights();
    Map<String, String> layout = new TreeMap<>();
    for (String name : weights.names()) {
      StoredTensor tensor = weights.require(name);
      layout.put(name, tensor.dtype() + " " + tensor.shape());
    }
    return layout;
  }

  private static JsonNode quantization(Path directory) throws Exception {
    return JsonMapper.builder()
        .build()
        .readTree(directory.resolve("config.json").toFile())
        .get("quantization_config");
  }

  @Test
  void a_matrix_has_the_deviation_that_keeps_its_outputs_of_the_size_of_its_inputs() {
    new CheckpointGenerator(TINY, WeightFormat.BF16, 7).write(folder, Optional.empty());
    float[] values =
        Checkpoint.open(folder)
            .weights()
            .require("model.layers.0.mlps.0.up_proj.weight")
            .toFloats();
    double squares = 0;
    for (float value : values) {
      squares += value * (double) value;
    }
    assertThat(squares / values.length * TINY.hidden()).isBetween(0.9, 1.1);
  }

  @Test
  void the_same_seed_gives_the_same_bytes_and_another_seed_others() throws Exception {
    byte[] first = weights("a", 1);
    assertThat(weights("b", 1)).isEqualTo(first);
    assertThat(weights("c", 2)).isNotEqualTo(first);
  }

  @Test
  void a_checkpoint_that_is_there_is_not_written_again() {
    CheckpointGenerator generator = new CheckpointGenerator(TINY, WeightFormat.BF16, 1);
    assertThat(generator.write(folder, Optional.empty())).isTrue();
    assertThat(generator.write(folder, Optional.empty())).isFalse();
  }

  @Test
  void another_checkpoint_in_the_directory_is_not_overwritten() {
    new CheckpointGenerator(TINY, WeightFormat.BF16, 1).write(folder, Optional.empty());
    CheckpointGenerator other = new CheckpointGenerator(TINY, WeightFormat.FP8, 1);
    assertThatThrownBy(() -> other.write(folder, Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("holds another checkpoint");
  }

  @Test
  void with_a_tokenizer_it_answers_through_the_api() {
    new CheckpointGenerator(TINY, WeightFormat.BF16, 1).write(folder, Optional.of(TestData.bf16()));
    try (LongCat longcat =
        LongCat.builder().model(folder).backend(Backend.reference()).threads(1).build()) {
      Generation two = Generation.builder().maxNewTokens(2).build();
      assertThat(longcat.generate(Prompt.user("Hello"), two).statistics().newTokens())
          .isBetween(1, 2);
    }
  }

  @Test
  void every_id_of_a_larger_vocabulary_is_a_word_and_texts_are_cut_as_before() {
    write(1000, folder);
    Tokenizer filled = Tokenizer.open(folder);
    Tokenizer before = Tokenizer.open(TestData.bf16());
    assertThat(filled.vocabSize()).isEqualTo(1000);
    assertThat(filled.decode(999)).isEqualTo(" 999");
    assertThat(filled.encode("One 999 two")).isEqualTo(before.encode("One 999 two"));
  }

  @Test
  void a_tokenizer_is_added_to_a_checkpoint_that_is_there_and_has_none() {
    CheckpointGenerator generator = new CheckpointGenerator(TINY, WeightFormat.BF16, 1);
    generator.write(folder, Optional.empty());
    assertThat(folder.resolve("tokenizer.json")).doesNotExist();
    assertThat(generator.write(folder, Optional.of(TestData.bf16()))).isFalse();
    assertThat(Tokenizer.open(folder).encode("One")).isNotEmpty();
  }

  private static void write(int vocabulary, Path directory) {
    new CheckpointGenerator(ServingBenchTest.sizes(vocabulary), WeightFormat.BF16, 1)
        .write(directory, Optional.of(TestData.bf16()));
  }

  @Test
  void encoding_to_fp8_takes_the_nearest_number_and_never_nan() {
    assertThat(RandomNumbers.encode(DType.F8_E4M3, 1f)).isEqualTo(0x38);
    assertThat(RandomNumbers.encode(DType.F8_E4M3, -448f)).isEqualTo(0xfe);
    assertThat(RandomNumbers.encode(DType.F8_E4M3, 1e9f)).isEqualTo(0x7e);
    assertThat(RandomNumbers.encode(DType.F8_E4M3, 0x1p-9f)).isEqualTo(1);
    assertThat(RandomNumbers.encode(DType.F8_E4M3, 17.1f)).isEqualTo(0x59);
    assertThat(RandomNumbers.encode(DType.BF16, -1.5f)).isEqualTo(0xbfc0);
  }

  private static Float[] boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }

  private byte[] weights(String name, long seed) throws Exception {
    Path directory = folder.resolve(name);
    new CheckpointGenerator(TINY, WeightFormat.BF16, seed).write(directory, Optional.empty());
    return Files.readAllBytes(directory.resolve("model.safetensors"));
  }
}
