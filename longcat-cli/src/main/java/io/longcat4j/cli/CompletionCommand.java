package io.longcat4j.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Writes what a shell needs to complete commands and options. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Prints a script by which bash and zsh complete commands and options.",
    description = {
      "",
      "  source <(longcat completion)",
      "",
      "In zsh, 'autoload -U +X bashcompinit && bashcompinit' goes before it.",
      ""
    })
final class CompletionCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Supplier<CommandLine> whole;

  CompletionCommand(Terminal terminal, Supplier<CommandLine> whole) {
    this.terminal = terminal;
    this.whole = whole;
  }

  @Override
  public Integer call() {
    terminal.out().println(AutoComplete.bash("longcat", whole.get()));
    return LongCatCommand.OK;
  }
}
