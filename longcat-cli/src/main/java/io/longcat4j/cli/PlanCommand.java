package io.longcat4j.cli;

import io.longcat4j.LongCat;
import io.longcat4j.Plan;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what a checkpoint will need before it is loaded. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header =
        "Tells how much memory a checkpoint will need, and whether it fits, without loading it.",
    description = {"", "The exit code is 1 if it does not fit into this machine's memory.", ""},
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Checkpoint directory in the published layout. Default: LongCat-Tiny.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Upper bound of positions in one request. Default: the model's own.")
  private Optional<Integer> contextLength = Optional.empty();

  PlanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    LongCat.Builder builder = LongCat.builder();
    model.ifPresentOrElse(builder::model, builder::tiny);
    contextLength.ifPresent(builder::contextLength);
    Plan plan = builder.plan();
    terminal.out().println(plan.describe());
    return plan.fits() ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }
}
