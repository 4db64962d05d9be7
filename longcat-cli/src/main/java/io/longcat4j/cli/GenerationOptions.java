package io.longcat4j.cli;

import io.longcat4j.Generation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a reply is sampled. */
final class GenerationOptions {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Upper bound of the model's steps. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = 1024;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Sample from the N most probable tokens; 1 is greedy, 0 is all. Default:"
              + " ${DEFAULT-VALUE}.")
  private int topK = 1;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Sample from the most probable tokens of total probability P. Default: 1.")
  private Optional<Double> topP = Optional.empty();

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description =
          "Leave out tokens that are less than P times as probable as the most probable one."
              + " Default: 0.")
  private Optional<Double> minP = Optional.empty();

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Above 1 more varied, below 1 more predictable. Default: 1.")
  private Optional<Double> temperature = Optional.empty();

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Above 1 makes recent tokens less likely. Default: 1.")
  private Optional<Double> repetitionPenalty = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Makes sampling repeatable. Default: a fresh seed each time.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End the reply before this text; may be repeated.")
  private List<String> stop = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long a reply may take, as 30s, 2m or PT30S. Default: as long as it takes.")
  private Optional<Duration> timeout = Optional.empty();

  @Option(
      names = "--strict",
      description = "Refuse input that would be shortened, such as audio over 120 s.")
  private boolean strict;

  Generation toGeneration(boolean speech) {
    Generation.Builder builder =
        Generation.builder()
            .maxNewTokens(maxNewTokens)
            .topK(topK)
            .stop(stop.toArray(new String[0]))
            .speech(speech)
            .strict(strict);
    topP.ifPresent(builder::topP);
    minP.ifPresent(builder::minP);
    timeout.ifPresent(builder::timeout);
    temperature.ifPresent(builder::temperature);
    repetitionPenalty.ifPresent(builder::repetitionPenalty);
    seed.ifPresent(builder::seed);
    return builder.build();
  }

  /** Whether something was asked for that greedy decoding does not look at. */
  boolean isSamplingWithoutEffect() {
    return topK == 1
        && (topP.isPresent()
            || minP.isPresent()
            || temperature.isPresent()
            || repetitionPenalty.isPresent()
            || seed.isPresent());
  }
}
