package io.longcat4j.cli;

import io.longcat4j.RankFailedException;
import io.longcat4j.cli.bench.BenchCommand;
import io.longcat4j.cli.codec.CodecCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
      int exitCode = commandLine(root, failures, terminal, home, arguments).execute(arguments);
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

  /** With all commands, or with the one that is named first: the others' options take long. */
  private static CommandLine commandLine(
      LongCatCommand root, Failures failures, Terminal terminal, Home home, String... arguments) {
    Map<String, Supplier<Object>> commands = commands(failures, terminal, home);
    CommandLine whole = new CommandLine(root.spec);
    if (arguments.length > 0 && commands.containsKey(arguments[0])) {
      whole.addSubcommand(commands.get(arguments[0]).get());
    } else {
      commands.values().forEach(command -> whole.addSubcommand(command.get()));
    }
    GroupedHelp.arrange(whole);
    return whole
        .registerConverter(Path.class, PathArgument::convert)
        .registerConverter(Duration.class, new DurationArgument())
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setExecutionStrategy(LongCatCommand::execute);
  }

  /** By their names, in the order of the help. */
  private static Map<String, Supplier<Object>> commands(
      Failures failures, Terminal terminal, Home home) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new DemoCommand(terminal, home, failures));
    commands.put("generate", () -> new GenerateCommand(terminal));
    commands.put("chat", () -> new ChatCommand(terminal));
    commands.put("serve", () -> new ServeCommand(terminal));
    commands.put("pull", () -> new PullCommand(terminal));
    commands.put("plan", () -> new PlanCommand(terminal));
    commands.put("describe", () -> new DescribeCommand(terminal));
    commands.put("doctor", () -> new DoctorCommand(terminal));
    commands.put("verify", () -> new VerifyCommand(terminal, home));
    commands.put("quantize", () -> new QuantizeCommand(terminal));
    commands.put("codec", () -> CodecCommand.commandLine(terminal.out(), terminal.err()));
    commands.put("evaluate", () -> new EvaluateCommand(terminal, home));
    commands.put(
        "completion", () -> new CompletionCommand(terminal, () -> commandLine(terminal, home)));
    commands.put(
        "bench",
        () ->
            BenchCommand.commandLine(
                terminal.out(), terminal.err(), home.root(), home.tokenizer()));
    return commands;
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
