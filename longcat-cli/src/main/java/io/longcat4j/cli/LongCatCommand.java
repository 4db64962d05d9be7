package io.longcat4j.cli;

import io.longcat4j.RankFailedException;
import io.longcat4j.cli.bench.BenchCommand;
import io.longcat4j.cli.codec.CodecCommand;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The command that holds the others. */
@Command(
    name = "longcat",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Runs LongCat-Flash-Omni: text, images, audio and video in, text and speech out.",
    description = {
      "",
      "A newcomer starts with 'longcat demo', or with a question: 'longcat generate \"What can you"
          + " do?\"'. Without --model LongCat-Tiny answers, a small trained model that is part of"
          + " this program.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 all went well; 1 a demo case failed, a number of 'verify' is off, or 'evaluate'"
          + " misses what is required; 2 the"
          + " request cannot be answered, or its results cannot be written, the message says why;"
          + " 3 a defect of this program; 4 another rank failed; 141 whoever read the results has gone (| head).",
      "",
      "'longcat COMMAND --help' explains a command."
    })
final class LongCatCommand implements Callable<Integer> {
  static final int OK = 0;
  static final int CHECK_FAILED = 1;
  static final int USER_ERROR = 2;
  static final int DEFECT = 3;

  /** Of rank 0 and of every follower that noticed. */
  static final int RANK_FAILED = RankFailedException.EXIT_CODE;

  /** What shells report for programs that SIGPIPE ends. */
  static final int READER_GONE = 141;

  private final CommandSpec spec;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "With an error, show where in the program it arose.")
  private boolean stackTrace;

  private LongCatCommand() {
    spec = CommandSpec.forAnnotatedObject(this);
  }

  /** Runs a command and tells its exit code, after all results have been written. */
  static int run(Terminal terminal, Home home, String... arguments) {
    LongCatCommand root = new LongCatCommand();
    Failures failures = new Failures(terminal, () -> root.stackTrace);
    try {
      int exitCode = commandLine(root, failures, terminal, home).execute(arguments);
      terminal.out().flush();
      return exitCode;
    } catch (ResultOutput.Lost e) {
      return failures.lost(e);
    }
  }

  static CommandLine commandLine(Terminal terminal, Home home) {
    LongCatCommand root = new LongCatCommand();
    return commandLine(root, new Failures(terminal, () -> root.stackTrace), terminal, home);
  }

  private static CommandLine commandLine(
      LongCatCommand root, Failures failures, Terminal terminal, Home home) {
    return new CommandLine(root.spec)
        .addSubcommand(new DemoCommand(terminal, home, failures))
        .addSubcommand(new GenerateCommand(terminal))
        .addSubcommand(new ChatCommand(terminal))
        .addSubcommand(new ServeCommand(terminal))
        .addSubcommand(new PlanCommand(terminal))
        .addSubcommand(new DescribeCommand(terminal))
        .addSubcommand(new VerifyCommand(terminal, home))
        .addSubcommand(new QuantizeCommand(terminal))
        .addSubcommand(CodecCommand.commandLine(terminal.out(), terminal.err()))
        .addSubcommand(new EvaluateCommand(terminal, home))
        .addSubcommand(
            BenchCommand.commandLine(terminal.out(), terminal.err(), home.root(), home.tokenizer()))
        .registerConverter(Path.class, PathArgument::convert)
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setExecutionStrategy(LongCatCommand::execute);
  }

  /** Help that cannot be printed is a failure like any other; picocli would print a stack trace. */
  private static int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (ResultOutput.Lost e) {
      throw new ExecutionException(parsed.commandSpec().commandLine(), "help is lost", e);
    }
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "No command was given");
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = LongCatCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "longcat " + (version == null ? "(not packaged)" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name", "unknown system")
      };
    }
  }
}
