package io.longcat4j.cli.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command that holds the measurements. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    header =
        "Measures this machine, one layer at the published sizes, a whole small model, how one is"
            + " opened, many requests at once, the vocoder, a codec encoder, or the detection of"
            + " speech.",
    description = {
      "",
      "Every figure stands beside its floor, what the machine can do at best, measured in the same"
          + " moments: streaming read over a buffer far larger than the caches, and products that"
          + " stay in registers.",
      ""
    },
    sortOptions = false)
public final class BenchCommand implements Callable<Integer> {
  private final CommandSpec spec;

  private BenchCommand() {
    spec = CommandSpec.forAnnotatedObject(this);
  }

  /**
   * The command with its own commands.
   *
   * @param out for results
   * @param err for progress
   * @param root the project's directory, whose state of the sources is told with the figures
   * @param tokenizer directory of a tokenizer for generated checkpoints, if there is one
   * @return a picocli command line
   */
  public static CommandLine commandLine(
      PrintWriter out, PrintWriter err, Optional<Path> root, Optional<Path> tokenizer) {
    BenchOutput output = new BenchOutput(out, err, root);
    return new CommandLine(new BenchCommand().spec)
        .addSubcommand(new FloorsCommand(output))
        .addSubcommand(new LayerCommand(output))
        .addSubcommand(new DeviceCommand(output))
        .addSubcommand(new AttentionCommand(output))
        .addSubcommand(new ModelCommand(output))
        .addSubcommand(new LoadCommand(output))
        .addSubcommand(new PullBenchCommand(output))
        .addSubcommand(new ServingCommand(output))
        .addSubcommand(new SessionCommand(output))
        .addSubcommand(new RanksCommand(output))
        .addSubcommand(new VocoderCommand(output))
        .addSubcommand(new CodecBenchCommand(output))
        .addSubcommand(new VoiceActivityCommand(output))
        .addSubcommand(new NumericsCommand(output))
        .addSubcommand(new AllCommand(output, tokenizer))
        .addSubcommand(new ChartCommand(output))
        .addSubcommand(new MakeCheckpointCommand(output, tokenizer));
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "Nothing to measure was given; there are "
            + String.join(", ", spec.subcommands().keySet()));
  }
}
