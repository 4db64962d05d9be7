package io.longcat4j.model;

import static io.longcat4j.testing.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Backend;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.testing.TestData;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelGoldenTest {
  private static final int[] NO_AUDIO = {};
  private static final AttentionPolicy DENSE = AttentionPolicy.dense();

  static Stream<Arguments> checkpointsAndBackends() {
    return Stream.of(TestData.bf16(), TestData.fp8())
        .flatMap(
            checkpoint ->
                Stream.of(Backend.reference(), Backend.auto())
                    .map(backend -> Arguments.of(checkpoint, backend)));
  }

  @ParameterizedTest
  @MethodSource("checkpointsAndBackends")
  void everyLayerAndTheHeadGiveTheGoldenNumbers(Path checkpoint, Backend backend) {
    TensorSource golden = Fixture.golden(checkpoint);
    int[] ids = Fixture.ids(golden.require("llm.input_ids"));
    float[] layers = golden.require("llm.layer_outputs").toFloats();
    int[] picks = Fixture.ids(golden.require("llm.router_indices"));
    try (Fixture fixture = Fixture.open(checkpoint, backend);
        Served served = Served.of(fixture.model(), null, ids.length);
        SequenceCache sequence = served.cache().open(ids.length)) {
      served
          .runner()
          .run(
              Pass.ofTokens(ids, 0, sequence.table()),
              (layer, output, routing) -> {
                float[] actual = fixture.read(output);
                assertClose("layer " + layer, actual, slice(layers, layer, actual.length));
                assertPicks(layer, routing.ids(ids.length), routing.topK(), picks);
              });
      float[] hidden = new float[ids.length * fixture.model().config().hiddenSize()];
      served.runner().hidden(hidden);
      assertClose("last hidden state", hidden, golden.require("llm.last_hidden_state").toFloats());
      int perLayer = ids.length * served.runner().picksPerRow();
      for (int layer = 0; layer < served.runner().layers(); layer++) {
        int from = layer * perLayer;
        int[] own = Arrays.copyOfRange(served.runner().picks(), from, from + perLayer);
        assertPicks(layer, own, served.runner().picksPerRow(), picks);
      }
      assertClose("logits", fixture.logits(ids), golden.require("llm.logits").toFloats());
    }
  }

  private static void assertPicks(int layer, int[] ids, int topK, int[] golden) {
    int[] sorted = sortedByToken(ids, topK);
    int from = layer * sorted.length;
    assertThat(sorted)
        .as("picks of layer %d", layer)
        .isEqualTo(Arrays.copyOfRange(golden, from, from + sorted.length));
  }

  @ParameterizedTest
  @MethodSource("checkpointsAndBackends")
  void greedyTextIsTheGoldenText(Path checkpoint, Backend backend) {
    TensorSource golden = Fixture.golden(checkpoint);
    int[] ids = Fixture.ids(golden.require("llm.input_ids"));
    int[] expected = Fixture.ids(golden.require("llm.greedy_ids"));
    try (Fixture fixture = Fixture.open(checkpoint, backend);
        RunningSequence sequence = sequence(fixture, ids, ids.length + expected.length, DENSE)) {
      assertThat(greedy(sequence, expected.length)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("checkpointsAndBackends")
  void sparseAttentionKeepsTheGoldenIds(Path checkpoint, Backend backend) {
    TensorSource golden = Fixture.golden(checkpoint);
    int[] ids = Fixture.ids(golden.require("llm.input_ids"));
    int[] expected = Fixture.ids(golden.require("topk8.greedy_ids"));
    try (Fixture fixture = Fixture.open(checkpoint, backend);
        RunningSequence sequence =
            sequence(
                fixture,
                Arrays.copyOf(ids, ids.length - 1),
                ids.length + expected.length,
                AttentionPolicy.topK(8))) {
      sequence.step(ids[ids.length - 1], NO_AUDIO);
      assertThat(greedy(sequence, expected.length)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yarn-bias", "plain-query", "small-latents"})
  void siblingsGiveTheLogitsOfTransformers(String sibling) {
    Path checkpoint = TestData.file("siblings").resolve(sibling);
    TensorSource expected = SafetensorsFile.open(checkpoint.resolve("expected.safetensors"));
    for (Backend backend : new Backend[] {Backend.reference(), Backend.auto()}) {
      try (Fixture fixture = Fixture.open(checkpoint, backend)) {
        assertClose(
            sibling + " on " + backend.name(),
            fixture.logits(Fixture.ids(expected.require("input_ids"))),
            expected.require("logits").toFloats());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, LanguageModel.MAX_ROWS - 1, LanguageModel.MAX_ROWS + 3})
  void aPromptFedInPiecesEndsInTheSameState(int length) {
    int[] ids = new Random(length).ints(length + 1, 0, 80).toArray();
    Path checkpoint = TestData.file("siblings").resolve("yarn-bias");
    try (Fixture fixture = Fixture.open(checkpoint, Backend.auto());
        RunningSequence pieces = sequence(fixture, Arrays.copyOf(ids, length), length + 1, DENSE);
        RunningSequence whole = sequence(fixture, ids, length + 1, DENSE)) {
      pieces.step(ids[length], NO_AUDIO);
      float[] one = new float[80];
      float[] other = new float[80];
      pieces.textLogits(one);
      whole.textLogits(other);
      assertThat(one).isEqualTo(other);
      assertThat(pieces.length()).isEqualTo(length + 1);
      assertThat(pieces.remaining()).isZero();
    }
  }

  @Test
  void aBackendThatLikesLongPassesGetsThemAndTheSameBits() {
    int length = LanguageModel.MAX_ROWS + 91;
    int[] ids = new Random(5).ints(length, 0, 80).toArray();
    Path checkpoint = TestData.file("siblings").resolve("yarn-bias");
    try (Fixture usual = Fixture.open(checkpoint, Backend.auto());
        Fixture liking = Fixture.open(checkpoint, liking(length), false);
        RunningSequence pieces = sequence(usual, ids, length, DENSE);
        RunningSequence whole = sequence(liking, ids, length, DENSE)) {
      assertThat(usual.model().mostRows()).isEqualTo(LanguageModel.MAX_ROWS);
      assertThat(liking.model().mostRows()).isEqualTo(length);
      float[] one = new float[80];
      float[] other = new float[80];
      pieces.textLogits(one);
      whole.textLogits(other);
      assertThat(other).isEqualTo(one);
    }
  }

  private static ComputeBackend liking(int rows) {
    ComputeBackend backend = BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.of(2));
    return (ComputeBackend)
        Proxy.newProxyInstance(
            ComputeBackend.class.getClassLoader(),
            new Class<?>[] {ComputeBackend.class},
            (self, method, arguments) ->
                method.getName().equals("likedRows") ? rows : method.invoke(backend, arguments));
  }

  @Test
  void anyOfSeveralEndIdsEndsTheText() {
    TensorSource golden = Fixture.golden(TestData.bf16());
    int[] ids = Fixture.ids(golden.require("llm.input_ids"));
    int[] expected = Fixture.ids(golden.require("llm.greedy_ids"));
    int last = expected[expected.length / 2];
    try (Fixture fixture = Fixture.open(TestData.bf16(), Backend.auto());
        RunningSequence sequence = sequence(fixture, ids, ids.length + expected.length, DENSE)) {
      List<Integer> chosen = new ArrayList<>();
      TextDecoding decoding = decoding(EndOfText.of(-7, last), expected.length);
      FinishReason reason = sequence.generate(decoding, () -> chosen.add(decoding.lastId()));
      assertThat(reason).isEqualTo(FinishReason.END);
      assertThat(chosen).endsWith(last).hasSizeLessThanOrEqualTo(expected.length / 2 + 1);
    }
  }

  private static RunningSequence sequence(
      Fixture fixture, int[] prompt, int positions, AttentionPolicy policy) {
    RunningSequence sequence =
        new RunningSequence(fixture.model(), null, PromptRows.of(prompt), positions, policy);
    sequence.prefill();
    return sequence;
  }

  private static int[] greedy(RunningSequence sequence, int count) {
    List<Integer> chosen = new ArrayList<>();
    TextDecoding decoding = decoding(EndOfText.never(), count);
    sequence.generate(decoding, () -> chosen.add(decoding.lastId()));
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  private static TextDecoding decoding(EndOfText endOfText, int maxNewTokens) {
    return new TextDecoding(new Sampler(Generation.text()), id -> false, endOfText, maxNewTokens);
  }

  private static float[] slice(float[] values, int index, int length) {
    return Arrays.copyOfRange(values, index * length, (index + 1) * length);
  }

  private static int[] sortedByToken(int[] ids, int topK) {
    int[] sorted = ids.clone();
    for (int from = 0; from < sorted.length; from += topK) {
      Arrays.sort(sorted, from, from + topK);
    }
    return sorted;
  }
}
