package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Backend;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.model.Fixture;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpeechDecodingGoldenTest {
  private static final int PAUSE = 137;

  static Stream<Path> checkpoints() {
    return Stream.of(TestData.bf16(), TestData.fp8());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void statesIdsAndFramesAreTheGoldenOnes(Path checkpoint) throws IOException {
    JsonNode golden = golden(checkpoint);
    Outcome outcome = generate(checkpoint, golden, 1000, id -> false);

    assertThat(outcome.finishReason()).isEqualTo(FinishReason.END);
    assertThat(outcome.steps().stream().map(SpeechStep::textId).toList())
        .isEqualTo(list(golden.get("text_ids"), id -> Math.max(SpeechStep.NONE, id)));
    assertThat(outcome.steps().stream().map(SpeechStep::audioIds).toList())
        .isEqualTo(lists(golden.get("audio_codes"), id -> Math.max(SpeechStep.NONE, id)));
    assertThat(CodecFrames.of(outcome.steps()).raw())
        .isEqualTo(lists(golden.get("shifted_codes"), IntUnaryOperator.identity()));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void aStopStringEndsTheWordsButNotTheSoundOfTheStretch(Path checkpoint) throws IOException {
    JsonNode golden = golden(checkpoint);
    int third = golden.get("text_ids").get(2).asInt();
    Outcome outcome = generate(checkpoint, golden, 1000, id -> id == third);

    List<SpeechStep> steps = outcome.steps();
    assertThat(steps.get(2).textId()).isEqualTo(third);
    assertThat(steps.subList(3, steps.size())).allMatch(SpeechStep::speaking);
    assertThat(steps.get(steps.size() - 1).audioIds().get(0)).isEqualTo(SpeechDecoding.SPEECH_END);
    assertThat(outcome.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void theLimitCountsSteps(Path checkpoint) throws IOException {
    Outcome outcome = generate(checkpoint, golden(checkpoint), 7, id -> false);
    assertThat(outcome.steps()).hasSize(7);
    assertThat(outcome.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  private static Outcome generate(Path checkpoint, JsonNode golden, int limit, TextRule rule) {
    int[] prompt =
        list(golden.get("prompt_ids"), IntUnaryOperator.identity()).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    try (Fixture fixture = Fixture.open(checkpoint, Backend.auto());
        RunningSequence sequence =
            new RunningSequence(
                fixture.model(),
                fixture.speechHeads(),
                PromptRows.of(prompt),
                prompt.length + limit,
                AttentionPolicy.dense())) {
      sequence.prefill();
      SpeechDecoding decoding =
          new SpeechDecoding(
              new Sampler(Generation.text()),
              rule,
              EndOfText.of(2),
              PAUSE,
              fixture.model().config().audioHeadNum(),
              limit);
      List<SpeechStep> steps = new ArrayList<>();
      FinishReason reason = sequence.generate(decoding, () -> steps.add(decoding.lastStep()));
      return new Outcome(steps, reason);
    }
  }

  private record Outcome(List<SpeechStep> steps, FinishReason finishReason) {}

  private static JsonNode golden(Path checkpoint) throws IOException {
    return new ObjectMapper()
        .readTree(TestData.golden(checkpoint).resolve("golden.json").toFile())
        .get("speech_generation");
  }

  private static List<Integer> list(JsonNode array, IntUnaryOperator change) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(node -> change.applyAsInt(node.asInt()))
        .toList();
  }

  private static List<List<Integer>> lists(JsonNode arrays, IntUnaryOperator change) {
    List<List<Integer>> all = new ArrayList<>();
    arrays.forEach(array -> all.add(list(array, change)));
    return all;
  }
}
