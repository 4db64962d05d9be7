package io.longcat4j.cli.bench;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.benchmarks.AllBench;
import io.longcat4j.benchmarks.CheckpointGenerator;
import io.longcat4j.benchmarks.ModelBench;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.NumericsBench;
import io.longcat4j.benchmarks.WeightFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures everything that is promised. */
@Command(
    name = "all",
    mixinStandardHelpOptions = true,
    header = "Measures everything that benchmarks/figures.md tells, in one run.",
    description = {
      "",
      "A generated model of 1.2 billion parameters (pp512, tg128), transformers beside it, what"
          + " BF16 numerics change, many requests at once, the vocoder, and one layer at the"
          + " published sizes in several formats.",
      ""
    },
    sortOptions = false)
final class AllCommand implements Callable<Integer> {
  private static final int PROMPT = 512;
  private static final int GENERATED = 128;
  private static final int POSITIONS = 2048;
  private static final int PROMPT_TOKENS = 256;
  private static final String SCRIPT = "benchmarks/transformers/compare.py";
  private static final String TOKENIZER = "testdata/random-bf16";

  private final BenchOutput output;
  private final Optional<Path> tokenizer;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description =
          "Python interpreter that has torch, safetensors and transformers. Without it there is no"
              + " comparison with transformers.")
  private Optional<Path> python = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of the comparison with transformers. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Mixin private final LayerOptions layer = new LayerOptions();

  @Mixin private final ServingOptions serving = new ServingOptions();

  @Mixin private final ReportOptions report = new ReportOptions();

  AllCommand(BenchOutput output, Optional<Path> tokenizer) {
    this.output = output;
    this.tokenizer = tokenizer;
  }

  @Override
  public Integer call() {
    report.document().ifPresent(file -> new ResultDocument(file).requireMarks());
    Path root = output.root().orElse(Path.of(""));
    if (python.isPresent() && !Files.exists(root.resolve(SCRIPT))) {
      throw new InvalidRequestException(
          "--python needs " + SCRIPT + " of the project's directory; run ./longcat there");
    }
    if (tokenizer.isEmpty()) {
      throw new InvalidRequestException(
          "the measurements need the tokenizer in "
              + TOKENIZER
              + " of the project's directory; run ./longcat there");
    }
    Path checkpoint = layer.directory().resolve("model-1.2b");
    output.progress("checkpoint " + checkpoint + " ...");
    new CheckpointGenerator(ModelSizes.small(), WeightFormat.BF16, 1).write(checkpoint, tokenizer);
    AllBench.Options options =
        new AllBench.Options(
            new ModelBench.Options(
                checkpoint,
                PROMPT,
                GENERATED,
                rounds,
                report.backend(),
                report.threads(),
                layer.numerics(),
                Parallel.single(),
                Experts.AUTO),
            layer.with(report),
            serving.with(checkpoint, report),
            new NumericsBench.Options(
                List.of(checkpoint),
                Numerics.BF16,
                POSITIONS,
                PROMPT_TOKENS,
                report.backend(),
                report.threads()),
            python,
            root.resolve(SCRIPT),
            rounds);
    output.print(new AllBench(options, output::progress).run(), command(), report);
    return 0;
  }

  private String command() {
    String transformers = python.isPresent() ? "--python PYTHON --rounds " + rounds + " " : "";
    return "bench all " + transformers + serving.words() + " " + layer.words();
  }
}
