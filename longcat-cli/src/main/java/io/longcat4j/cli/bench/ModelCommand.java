package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.ModelBench;
import io.longcat4j.cli.ranks.RankOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a model. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    header = "Measures prompts (pp) and generation (tg) of a checkpoint's language model.",
    sortOptions = false)
final class ModelCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Parameters(
      paramLabel = "DIR",
      description = "Checkpoint directory, such as 'longcat bench make-checkpoint' writes.")
  private Path checkpoint = Path.of("");

  @Option(
      names = "--pp",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of a prompt. Default: ${DEFAULT-VALUE}.")
  private int prompt;

  @Option(
      names = "--tg",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of a generation. Default: ${DEFAULT-VALUE}.")
  private int generated;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "5",
      description = "Times each is measured, after one that warms up. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Mixin private final NumericsOption numerics = new NumericsOption();

  @Mixin private final RankOptions ranks = new RankOptions();

  @Mixin private final ReportOptions report = new ReportOptions();

  ModelCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    ModelBench.Options options =
        new ModelBench.Options(
            checkpoint,
            prompt,
            generated,
            repetitions,
            report.backend(),
            report.threads(),
            numerics.value(),
            ranks.parallel(),
            ranks.experts());
    if (ranks.willFollow()) {
      new ModelBench(options, progress -> {}).follow();
      return 0;
    }
    String command =
        "bench model %s --pp %d --tg %d --repetitions %d"
                .formatted(checkpoint.getFileName(), prompt, generated, repetitions)
            + numerics.words()
            + ranks.words();
    output.print(new ModelBench(options, output::progress).run(), command, report);
    return 0;
  }
}
