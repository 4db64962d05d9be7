package io.longcat4j.cli;

import io.longcat4j.LongCat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells what would run where. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Loads a checkpoint and tells what runs where, and why.",
    sortOptions = false)
final class DescribeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ModelOptions options = new ModelOptions();

  DescribeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    options.use(terminal, LongCat::describe).ifPresent(terminal.out()::println);
    return LongCatCommand.OK;
  }
}
