package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.ServingBench;
import io.longcat4j.benchmarks.VocoderBench;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What is measured of many requests at once. */
final class ServingOptions {
  private static final int BATCH = 16;
  private static final int STEPS = 64;
  private static final int FRAMES = 96;
  private static final List<Integer> PUSHES = List.of(1, 4, 12);

  @Option(
      names = "--replies",
      paramLabel = "N",
      defaultValue = "8",
      description = "Replies that run at once. Default: ${DEFAULT-VALUE}.")
  private int replies;

  @Option(
      names = "--reply-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens of each that are measured. Default: ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--long-prompt",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Tokens of the prompt that joins, and of the first turn. Default: ${DEFAULT-VALUE}.")
  private int prompt;

  @Option(
      names = "--serving-rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Times each is measured. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  ServingBench.Options with(Path checkpoint, ReportOptions report) {
    return new ServingBench.Options(
        checkpoint,
        replies,
        tokens,
        prompt,
        rounds,
        BATCH,
        STEPS,
        new VocoderBench.Options(
            VocoderBench.published(), FRAMES, PUSHES, rounds, report.threads()),
        report.backend(),
        report.threads());
  }

  /** As typed. */
  String words() {
    return "--replies %d --reply-tokens %d --long-prompt %d --serving-rounds %d"
        .formatted(replies, tokens, prompt, rounds);
  }
}
