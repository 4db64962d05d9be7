package io.longcat4j.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.CheckpointException;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.attention.PageTable;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.SafetensorsWriter;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Sharing;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import io.longcat4j.testing.DraftingCheckpoint;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
class QuantizerTest {
  private static final List<int[]> PROMPTS =
      List.of(new int[] {1, 17, 300, 5, 77, 420, 9, 9, 256, 31}, new int[] {1}, longPrompt());

  private static final String HEAD = "lm_head.weight";
  private static final String EXPERT = "model.layers.1.mlp.experts.15.down_proj.weight";

  @TempDir Path folder;

  private static int[] longPrompt() {
    int[] ids = new int[90];
    Arrays.setAll(ids, i -> (i * 131 + 7) % 600);
    return ids;
  }

  private Path target() {
    return folder.resolve("out");
  }

  private QuantizationReport quantise(Path source, Precision precision, Scope scope) {
    return new Quantizer(precision, scope, 200_000)
        .run(Checkpoint.open(source), target(), (tensor, done, total) -> {});
  }

  static Stream<Arguments> everyCombination() {
    return Stream.of(TestData.bf16(), TestData.fp8())
        .flatMap(
            source ->
                Stream.of(Precision.values())
                    .flatMap(
                        precision ->
                            Stream.of(Scope.values())
                                .map(scope -> Arguments.of(source, precision, scope))));
  }

  @ParameterizedTest
  @MethodSource("everyCombination")
  void the_written_numbers_are_those_of_the_report_and_the_rest_is_the_same(
      Path source, Precision precision, Scope scope) {
    QuantizationReport report = quantise(source, precision, scope);
    Checkpoint before = Checkpoint.open(source);
    Checkpoint after = Checkpoint.open(target());
    assertThat(after.model().integerGroups()).contains(precision.groups());
    for (String name : before.weights().names()) {
      RoundingError error = report.errors().get(name);
      if (error != null) {
        RoundingError found = error(before.weight(name), after.weight(name));
        assertThat(found.weights()).isEqualTo(error.weights());
        assertThat(found.relative()).isEqualTo(error.relative(), within());
        assertThat(found.relative()).isBetween(1e-4, precision == Precision.INT8 ? 0.01 : 0.13);
      } else if (!name.endsWith("_scale_inv") || after.weights().find(name).isPresent()) {
        assertThat(bytes(after.weights().require(name))).isEqualTo(bytes(before.weights(), name));
      }
    }
    assertThat(report.errors().keySet())
        .allMatch(name -> scope == Scope.ALL || name.contains(".mlp.experts."))
        .noneMatch(name -> name.contains("router") || name.contains("norm"))
        .contains("model.layers.1.mlp.experts.15.down_proj.weight");
    assertThat(report.errors().containsKey("model.layers.0.self_attn.1.kv_b_proj.weight"))
        .isEqualTo(scope == Scope.ALL);
    assertThat(report.bytesAfter()).isLessThan(report.bytesBefore() + 200_000);
    assertThat(report.errorsByClass()).containsKey("mlp.experts.gate_proj");
    assertThat(report.errorsByClass().keySet()).hasSize(scope == Scope.ALL ? 11 : 3);
  }

  @ParameterizedTest
  @MethodSource("everyCombination")
  void the_head_is_rounded_where_that_is_asked_for(Path source, Precision precision, Scope scope) {
    for (Precision head : Precision.values()) {
      Path into = folder.resolve("head-" + head);
      QuantizationReport report =
          new Quantizer(precision, scope, Optional.of(head), 200_000)
              .run(Checkpoint.open(source), into, (tensor, done, total) -> {});
      Checkpoint before = Checkpoint.open(source);
      Checkpoint after = Checkpoint.open(into);
      assertThat(after.model().integerGroups()).contains(precision.groups());
      assertThat(after.model().headGroups()).contains(head.groups());
      RoundingError found = error(before.weight(HEAD), after.weight(HEAD));
      assertThat(found.relative())
          .isEqualTo(report.errorsByClass().get("lm_head").relative(), within())
          .isBetween(1e-4, head == Precision.INT8 ? 0.01 : 0.13);
      RoundingError expert = error(before.weight(EXPERT), after.weight(EXPERT));
      assertThat(expert.relative()).isEqualTo(report.errors().get(EXPERT).relative(), within());
    }
  }

  @Test
  void a_head_of_integers_answers_nearly_as_the_one_it_was_made_of() {
    Comparison comparison =
        new Comparison(
            () -> BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.of(2)));
    Checkpoint source = Checkpoint.open(TestData.bf16());
    quantise(TestData.bf16(), Precision.INT8, Scope.EXPERTS);
    Path rounded = folder.resolve("head");
    new Quantizer(Precision.INT8, Scope.EXPERTS, Optional.of(Precision.INT8), 200_000)
        .run(source, rounded, (tensor, done, total) -> {});
    Divergence kept = comparison.run(source, Checkpoint.open(target()), PROMPTS);
    Divergence both = comparison.run(source, Checkpoint.open(rounded), PROMPTS);
    assertThat(both.meanKl()).isNotEqualTo(kept.meanKl()).isLessThan(1e-3);
    assertThat(both.top1Agreement()).isGreaterThan(0.9);
  }

  @Test
  void a_head_that_is_the_embedding_is_not_rounded() throws IOException {
    Path source = tiny(1, 2, 3);
    Quantizer quantizer =
        new Quantizer(Precision.INT8, Scope.EXPERTS, Optional.of(Precision.INT8), 200_000);
    assertThatThrownBy(
            () -> quantizer.run(Checkpoint.open(source), target(), (tensor, done, total) -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no lm_head.weight, as where the head is the embedding");
    assertThat(target()).doesNotExist();
  }

  @Test
  void the_layer_for_multi_token_prediction_is_carried_over() {
    Path source = DraftingCheckpoint.random(folder.resolve("mtp"));
    quantise(source, Precision.INT8, Scope.ALL);
    Checkpoint before = Checkpoint.open(source);
    Checkpoint after = Checkpoint.open(target());
    assertThat(LanguageModel.canDraft(after.weights())).isTrue();
    for (String name : before.weights().names()) {
      if (name.startsWith("model.mtp.")) {
        assertThat(bytes(after.weights().require(name))).isEqualTo(bytes(before.weights(), name));
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-9);
  }

  private static RoundingError error(ScaledTensor before, ScaledTensor after) {
    float[] a = new float[(int) before.columns()];
    float[] b = new float[(int) before.columns()];
    assertThat(after.columns()).isEqualTo(before.columns());
    double signal = 0;
    double noise = 0;
    long rows = before.values().shape().dim(0);
    for (long row = 0; row < rows; row++) {
      before.readRow(row, a);
      after.readRow(row, b);
      for (int i = 0; i < a.length; i++) {
        signal += (double) a[i] * a[i];
        noise += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      }
    }
    return new RoundingError(rows * a.length, signal, noise);
  }

  private static byte[] bytes(TensorSource source, String name) {
    return bytes(source.require(name));
  }

  private static byte[] bytes(StoredTensor tensor) {
    byte[] bytes = new byte[(int) tensor.byteSize()];
    tensor.bytes(0, bytes.length).get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("everyCombination")
  void both_backends_say_the_same_with_a_quantised_checkpoint(
      Path source, Precision precision, Scope scope) {
    quantise(source, precision, scope);
    List<Integer> reference = greedy(target(), "reference");
    assertThat(reference).hasSize(16);
    assertThat(greedy(target(), "cpu")).isEqualTo(reference);
  }

  private static List<Integer> greedy(Path directory, String backendName) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    List<Integer> chosen = new ArrayList<>();
    try (ComputeBackend backend = open(backendName);
        LanguageModel model =
            LanguageModel.load(
                checkpoint.model(),
                checkpoint.weights(),
                backend,
                Sharing.none(),
                LoadingListener.silent());
        LatentCache latents = model.allocateCache(64);
        ModelRunner runner = new ModelRunner(model, null, latents, 1);
        PagedCache cache = latents.openAccounts();
        SequenceCache sequence = cache.open(64)) {
      int[] ids = PROMPTS.get(0);
      int position = 0;
      while (chosen.size() < 16) {
        int next = next(runner, ids, position, sequence.table());
        position += ids.length;
        chosen.add(next);
        ids = new int[] {next};
      }
    }
    return chosen;
  }

  private static int next(ModelRunner runner, int[] ids, int position, PageTable pages) {
    runner.run(Pass.ofTokens(ids, position, pages, ids.length - 1));
    float[] row = new float[runner.limits().vocabulary()];
    runner.textLogits(0, row);
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }

  private static ComputeBackend open(String name) {
    return BackendSelection.onClassPath().open(new Backend(name), OptionalInt.of(2));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void fewer_bits_diverge_more_and_none_not_at_all(Path source) {
    Comparison comparison = new Comparison(() -> open("cpu"));
    Checkpoint checkpoint = Checkpoint.open(source);
    Divergence same = comparison.run(checkpoint, checkpoint, PROMPTS);
    assertThat(same).isEqualTo(new Divergence(101, 0, 1));

    Map<Precision, Divergence> found = new HashMap<>();
    for (Precision precision : Precision.values()) {
      Path into = folder.resolve(precision.name());
      new Quantizer(precision, Scope.ALL, Quantizer.SHARD_BYTES)
          .run(checkpoint, into, (tensor, done, total) -> {});
      found.put(precision, comparison.run(checkpoint, Checkpoint.open(into), PROMPTS));
    }
    Divergence int8 = found.get(Precision.INT8);
    Divergence int4 = found.get(Precision.INT4);
    assertThat(int8.meanKl()).isPositive().isLessThan(0.02);
    assertThat(int4.meanKl()).isGreaterThan(3 * int8.meanKl()).isLessThan(2);
    assertThat(int8.top1Agreement()).isGreaterThan(0.9);
    assertThat(int4.top1Agreement()).isLessThanOrEqualTo(int8.top1Agreement());
  }

  @Test
  void checkpoints_are_compared_over_ranks_that_are_threads_and_over_no_others() {
    Checkpoint checkpoint = Checkpoint.open(TestData.bf16());
    Path into = folder.resolve("int4");
    new Quantizer(Precision.INT4, Scope.ALL, Quantizer.SHARD_BYTES)
        .run(checkpoint, into, (tensor, done, total) -> {});
    Checkpoint rounded = Checkpoint.open(into);
    List<Integer> opened = new CopyOnWriteArrayList<>();
    IntFunction<ComputeBackend> backends =
        threads -> {
          opened.add(threads);
          return BackendSelection.onClassPath().open(new Backend("cpu"), OptionalInt.of(threads));
        };
    Divergence one = over(backends, Parallel.single()).run(checkpoint, rounded, PROMPTS);
    assertThat(opened).containsExactly(4, 4);
    Divergence two = over(backends, Parallel.local(2)).run(checkpoint, rounded, PROMPTS);

    assertThat(opened).containsExactly(4, 4, 2, 2, 2, 2);
    assertThat(one.meanKl()).isPositive();
    assertThat(two).isEqualTo(one);
    assertThatThrownBy(() -> over(backends, Parallel.mpi()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("mpi", "--ranks N");
  }

  private static Comparison over(IntFunction<ComputeBackend> backends, Parallel parallel) {
    return Comparison.over(
        request -> backends.apply(request.threads().countHere()),
        BackendRequest.of(WorkerThreads.unpinned(OptionalInt.of(4)), Numerics.EXACT),
        parallel,
        Experts.AUTO);
  }

  static Stream<Path> checkpoints() {
    return Stream.of(TestData.bf16(), TestData.fp8());
  }

  @Test
  void the_rest_of_the_checkpoint_comes_along_and_nothing_else_is_left() throws Exception {
    quantise(TestData.bf16(), Precision.INT4, Scope.EXPERTS);
    assertThat(target().resolve("tokenizer.json"))
        .hasSameBinaryContentAs(TestData.bf16().resolve("tokenizer.json"));
    assertThat(target().resolve("audio/audio_embeddings.pt")).exists();
    assertThat(target().resolve("model_00001-of-00002.safetensors")).doesNotExist();
    try (Stream<Path> beside = Files.list(folder)) {
      assertThat(beside).containsExactly(target());
    }
    try (Stream<Path> shards = Files.list(target())) {
      assertThat(shards.filter(file -> file.toString().endsWith(".safetensors")))
          .hasSizeGreaterThan(5)
          .allSatisfy(file -> assertThat(Files.size(file)).isLessThan(300_000));
    }
    assertThat(TestData.bf16().resolve("config.json")).content().doesNotContain("longcat4j");
  }

  @Test
  void the_same_source_gives_the_same_bytes() throws Exception {
    quantise(TestData.fp8(), Precision.INT4, Scope.ALL);
    Path again = folder.resolve("again");
    new Quantizer(Precision.INT4, Scope.ALL, 200_000)
        .run(Checkpoint.open(TestData.fp8()), again, (tensor, done, total) -> {});
    try (Stream<Path> files = Files.list(target()).filter(Files::isRegularFile)) {
      assertThat(files)
          .allSatisfy(
              file -> assertThat(again.resolve(file.getFileName())).hasSameBinaryContentAs(file));
    }
  }

  @Test
  void a_quantised_source_is_refused() {
    quantise(TestData.bf16(), Precision.INT8, Scope.EXPERTS);
    assertThatThrownBy(
            () ->
                new Quantizer(Precision.INT4, Scope.ALL, 1000)
                    .run(Checkpoint.open(target()), folder.resolve("b"), (tensor, done, all) -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("quantised to INT8 already");
  }

  @Test
  void a_target_that_holds_something_or_lies_in_the_source_is_refused() throws Exception {
    Files.createDirectories(target());
    Files.writeString(target().resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> quantise(TestData.bf16(), Precision.INT8, Scope.EXPERTS))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("is not empty");
    assertThat(target().resolve("notes.txt")).hasContent("mine");
    Files.delete(target().resolve("notes.txt"));
    quantise(TestData.bf16(), Precision.INT8, Scope.EXPERTS);
    assertThat(target().resolve("config.json")).exists();

    assertThatThrownBy(
            () ->
                new Quantizer(Precision.INT4, Scope.ALL, 1000)
                    .run(
                        Checkpoint.open(TestData.bf16()),
                        TestData.bf16().resolve("int4"),
                        (tensor, done, all) -> {}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("outside it");
    assertThat(TestData.bf16().resolve("int4")).doesNotExist();
  }

  @Test
  void a_target_that_lies_in_the_source_behind_a_link_is_refused() throws Exception {
    Path link = target().resolveSibling("link");
    Files.createSymbolicLink(link, TestData.bf16().toAbsolutePath());

    assertThatThrownBy(
            () ->
                new Quantizer(Precision.INT4, Scope.ALL, 1000)
                    .run(
                        Checkpoint.open(TestData.bf16()),
                        link.resolve("quantised/int4"),
                        (tensor, done, all) -> {}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("outside it");
    assertThat(TestData.bf16().resolve("quantised")).doesNotExist();
  }

  private Path tiny(float... weights) throws IOException {
    Path source = Files.createDirectories(folder.resolve("source"));
    Files.copy(TestData.bf16().resolve("config.json"), source.resolve("config.json"));
    new SafetensorsWriter()
        .add(
            "model.layers.0.mlp.experts.0.up_proj.weight", Shape.of(3, weights.length / 3), weights)
        .add("model.norm.weight", Shape.of(2), new float[] {1, 2})
        .write(source.resolve("model.safetensors"));
    return source;
  }

  @ParameterizedTest
  @MethodSource("precisions")
  void zero_constant_and_extreme_rows_of_odd_length_survive(Precision precision) throws Exception {
    float[] weights = new float[3 * 37];
    Arrays.fill(weights, 37, 74, -0.75f);
    Arrays.fill(weights, 74, 111, Float.MIN_NORMAL);
    weights[110] = 3e38f;
    Path source = tiny(weights);
    quantise(source, precision, Scope.EXPERTS);

    Checkpoint checkpoint = Checkpoint.open(target());
    ScaledTensor written =
        checkpoint.weight("model.layers.0.mlp.experts.0.up_proj.weight").requireShape(3, 37);
    assertThat(written.scales()).isInstanceOf(WeightScales.Groups.class);
    assertThat(written.values().dtype())
        .isEqualTo(precision == Precision.INT4 ? DType.U8 : DType.I8);
    float[] row = new float[37];
    written.readRow(0, row);
    assertThat(row).containsOnly(0);
    written.readRow(1, row);
    for (float value : row) {
      assertThat(value).isBetween(-0.75f * 1.004f, -0.75f * 0.996f);
    }
    written.readRow(2, row);
    assertThat(row[36]).isBetween(2.98e38f, 3.02e38f);
    assertThat(SafetensorsFile.open(target().resolve("model_00001-of-00001.safetensors")).names())
        .contains("model.norm.weight");
  }

  static Stream<Precision> precisions() {
    return Stream.of(Precision.values());
  }

  @Test
  void numbers_that_are_not_finite_are_refused_by_name_and_leave_nothing() throws Exception {
    float[] weights = new float[3 * 4];
    weights[6] = Float.NaN;
    Path source = tiny(weights);
    assertThatThrownBy(() -> quantise(source, Precision.INT4, Scope.EXPERTS))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.layers.0.mlp.experts.0.up_proj.weight")
        .hasMessageContaining("NaN in row 1, column 2");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(source);
    }
  }
}
