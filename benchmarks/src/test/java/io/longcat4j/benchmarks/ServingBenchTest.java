package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Backend;
import io.longcat4j.EngineListener;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.audio.CodecConfig;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class ServingBenchTest {
  private static final int ROUNDS = 2;
  private static final int PROMPT = 60;

  @TempDir Path folder;

  static ModelSizes sizes(int vocabulary) {
    ModelSizes tiny = ModelSizes.tinyLayer();
    return new ModelSizes(
        tiny.layers(),
        vocabulary,
        tiny.hidden(),
        tiny.denseWidth(),
        tiny.expertWidth(),
        tiny.heads(),
        tiny.queryRank(),
        tiny.latent(),
        tiny.nope(),
        tiny.rope(),
        tiny.value(),
        tiny.experts(),
        tiny.zeroExperts(),
        tiny.topK());
  }

  static void write(Path checkpoint) {
    new CheckpointGenerator(sizes(700), WeightFormat.BF16, 1)
        .write(checkpoint, Optional.of(TestData.bf16()));
  }

  static ServingBench.Options options(Path checkpoint, Backend backend) {
    CodecConfig codec =
        new CodecConfig(
            CodecConfig.Type.CAUSAL_24K, 8, 12, 30, 2, 5, List.of(3, 3), 16, List.of(3, 2));
    return new ServingBench.Options(
        checkpoint,
        3,
        8,
        PROMPT,
        ROUNDS,
        4,
        5,
        new VocoderBench.Options(codec, 6, List.of(1), 1, OptionalInt.of(1)),
        backend,
        OptionalInt.of(1));
  }

  @Test
  void a_run_tells_of_replies_conversations_gaps_closing_steps_and_the_vocoder() {
    write(folder);
    List<String> progress = new ArrayList<>();
    BenchReport report =
        new ServingBench(options(folder, Backend.reference()), progress::add)
            .run(threads -> () -> new Floors(threads, 30e9, 3e11, 1e11));
    assertThat(progress).contains("round 2 of 2 ...", "steps of 4 rows ...");
    JsonNode figures = report.figures();
    for (String positive :
        List.of(
            "one_tokens_per_s",
            "many_tokens_per_s",
            "throughput_ratio",
            "first_turn_s",
            "second_turn_s",
            "alone_p50_s",
            "joining_p99_s",
            "closing_s",
            "step_s",
            "outside_share",
            "choosing_s")) {
      assertThat(figures.get(positive).asDouble()).as(positive).isPositive();
    }
    assertThat(figures.get("joining_p99_s").asDouble())
        .isGreaterThanOrEqualTo(figures.get("joining_p50_s").asDouble());
    assertThat(figures.get("outside_share").asDouble()).isLessThan(1);
    assertThat(figures.get("bars").fieldNames())
        .toIterable()
        .containsExactly(
            "throughput",
            "second_turn",
            "joining_p99_own",
            "joining_p99",
            "closing_steps",
            "scheduling",
            "vocoder");
    assertThat(report.text(true))
        .contains("| throughput of 3 replies at once over one | >= 3.00 x |")
        .contains("| steps from close() to the last page freed, at most | <= 1 steps |")
        .contains("| time outside operations, step of 4 rows | < 2.000 % |")
        .contains("Vocoder, 20 in, 16 wide")
        .contains("| whole (6) |");
  }

  @Test
  void the_second_turn_computes_what_is_new() {
    write(folder);
    try (ServedModel model =
        ServedModel.open(folder, Backend.reference(), OptionalInt.of(1), EngineListener.silent())) {
      ServingBench bench = new ServingBench(options(folder, Backend.reference()), line -> {});
      ServingBench.Turns turns = bench.turns(model);
      assertThat(turns.first().promptTokens()).isBetween(PROMPT, PROMPT + 40);
      assertThat(turns.first().reusedTokens()).isLessThan(16);
      assertThat(turns.second().reusedTokens()).isGreaterThan(PROMPT);
      assertThat(turns.second().computedTokens()).isLessThan(PROMPT);
    }
  }

  @Test
  void too_little_to_measure_is_refused() {
    ServingBench.Options good = options(folder, Backend.auto());
    assertThatThrownBy(
            () ->
                new ServingBench.Options(
                    folder, 1, 8, 60, 2, 4, 5, good.vocoder(), Backend.auto(), OptionalInt.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1 replies of 8 tokens")
        .hasMessageContaining("2 replies");
  }
}
