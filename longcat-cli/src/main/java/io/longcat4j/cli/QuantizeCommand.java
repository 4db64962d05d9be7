package io.longcat4j.cli;

import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.cli.quantize.Prompts;
import io.longcat4j.cli.quantize.QuantizationSummary;
import io.longcat4j.cli.ranks.RankOptions;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.quantize.Comparison;
import io.longcat4j.quantize.Divergence;
import io.longcat4j.quantize.Precision;
import io.longcat4j.quantize.QuantizationReport;
import io.longcat4j.quantize.Quantizer;
import io.longcat4j.quantize.Scope;
import io.longcat4j.spi.WorkerThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a checkpoint with integer weights. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Writes a smaller copy of a checkpoint, with weights of 8 or 4 bits.",
    description = {
      "",
      "A checkpoint of BF16 or FP8 weights is read, its weights are rounded, and a directory is"
          + " written that loads like any other with --model. It needs half (int8) or about a"
          + " quarter (int4) of the memory that BF16 needs, and answers a little differently: the"
          + " command prints how much the weights changed, and how much the probabilities of the"
          + " next token changed over some prompts.",
      "",
      "Two numbers tell how close the result is: the mean KL divergence of the next token's"
          + " probabilities (0 is no change, smaller is closer) and the top-1 agreement (how often"
          + " both find the same next token most likely). Compare int8 with int4, and experts with"
          + " all, on prompts like yours.",
      ""
    },
    sortOptions = false)
final class QuantizeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint directory in the published layout, of BF16, F16, F32 or FP8.")
  private Path model = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "Where the new checkpoint goes; must not exist or be empty. It appears when it is whole."
              + " Files that stay as they are (tokenizer, vision, audio) are hard links where the"
              + " disk allows, else copies.")
  private Path output = Path.of("");

  @Option(
      names = "--precision",
      required = true,
      paramLabel = "int8|int4",
      description =
          "int8: 8.125 bits a weight, the closer one; saves nothing where the source is FP8. int4:"
              + " 4.5 bits a weight, for machines that int8 does not fit.")
  private Precision precision = Precision.INT8;

  @Option(
      names = "--scope",
      paramLabel = "experts|all",
      defaultValue = "experts",
      description = {
        "experts: the routed experts alone. They are nearly all of the bytes, and a token sees few"
            + " of them, so this saves most of the memory for the least loss.",
        "all: attention and dense networks too, which every token reads, so that each step moves"
            + " fewer bytes. Router, norms, embeddings and heads stay in either case (but see --head):"
            + " they are small, and an error there changes which experts run or which token is"
            + " picked.",
        "Default: ${DEFAULT-VALUE}."
      })
  private Scope scope = Scope.EXPERTS;

  @Option(
      names = "--head",
      paramLabel = "int8|int4",
      description =
          "Rounds the head too, which every token reads: a fifth of a small model's bytes, little of"
              + " a large one's. Compare the divergence with and without it. Default: it stays.")
  private Optional<Precision> head = Optional.empty();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Texts to compare the two checkpoints on, one on each line, in UTF-8. Default: a handful"
              + " in several languages.")
  private Optional<Path> prompts = Optional.empty();

  @Option(
      names = "--no-comparison",
      description =
          "Do not run the two checkpoints; for machines that cannot hold the source in memory.")
  private boolean withoutComparison;

  @Option(
      names = "--report",
      paramLabel = "FILE.json",
      description = "Writes all figures, with those of every tensor.")
  private Optional<Path> reportFile = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "What runs the comparison: auto, cpu, reference, cuda. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads of the comparison. Default: one for each core.")
  private Optional<Integer> threads = Optional.empty();

  /** Of the comparison. */
  @Mixin private final RankOptions ranks = new RankOptions();

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress; results, warnings and errors stay.")
  private boolean quiet;

  QuantizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    requireReportFolder();
    Optional<Comparison> comparison = comparison();
    Checkpoint source = Checkpoint.open(model);
    List<int[]> ids = withoutComparison ? List.of() : Prompts.ids(source, prompts);
    QuantizationReport report =
        new Quantizer(precision, scope, head, Quantizer.SHARD_BYTES)
            .run(source, output, new TensorProgress());
    say("");
    Optional<Divergence> divergence = Optional.empty();
    if (comparison.isPresent()) {
      say("Comparing " + ids.size() + " prompts ...");
      divergence = Optional.of(comparison.get().run(source, Checkpoint.open(output), ids));
    }
    QuantizationSummary summary =
        new QuantizationSummary(precision, scope, head, report, divergence);
    summary.print(terminal.out());
    reportFile.ifPresent(summary::write);
    return LongCatCommand.OK;
  }

  private Optional<Comparison> comparison() {
    Parallel parallel = ranks.parallel();
    if (withoutComparison) {
      if (parallel.kind() != Parallel.Kind.SINGLE) {
        throw new InvalidRequestException(
            "--ranks and --parallel are for the comparison, which --no-comparison leaves out; leave"
                + " out one or the other");
      }
      return Optional.empty();
    }
    int workers = threads.orElseGet(() -> Runtime.getRuntime().availableProcessors());
    BackendSelection backends = BackendSelection.onClassPath();
    return Optional.of(
        Comparison.over(
            request -> backends.open(new Backend(backend), request),
            BackendRequest.of(WorkerThreads.unpinned(OptionalInt.of(workers)), Numerics.EXACT),
            parallel,
            ranks.experts()));
  }

  /** Better now than after hours. */
  private void requireReportFolder() {
    if (reportFile.isPresent()) {
      Path folder = reportFile.get().toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(reportFile.get())) {
        throw new InvalidRequestException(
            "--report " + reportFile.get() + ": is no file in an existing directory; correct it");
      }
    }
  }

  private void say(String line) {
    if (!quiet && (!line.isEmpty() || terminal.interactive())) {
      terminal.err().println(line);
    }
  }

  /** A line that is redrawn, or one for each tenth of the work. */
  private final class TensorProgress implements Quantizer.Progress {
    private long shown = -1;

    @Override
    public void onTensor(String tensor, long bytesDone, long bytesTotal) {
      long steps = terminal.interactive() ? 1000 : 10;
      long step = bytesTotal == 0 ? steps : steps * bytesDone / bytesTotal;
      if (quiet || step == shown) {
        return;
      }
      shown = step;
      String line = String.format(Locale.ROOT, "Quantising ... %d %%", 100 * step / steps);
      if (terminal.interactive()) {
        terminal.err().print("\r" + line);
        terminal.err().flush();
      } else {
        terminal.err().println(line);
      }
    }
  }
}
