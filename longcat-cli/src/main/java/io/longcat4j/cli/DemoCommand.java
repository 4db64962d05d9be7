package io.longcat4j.cli;

import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.RankFailedException;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.cli.demo.DemoCase;
import io.longcat4j.cli.demo.DemoFile;
import io.longcat4j.cli.demo.ResultFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers a file of named conversations. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Answers named conversations and writes NAME.json and NAME.wav for each.",
    description = {
      "",
      "Without arguments LongCat-Tiny, a small trained model that is part of this program, answers"
          + " questions about pictures, sounds and clips of its small world. With --model the six"
          + " published cases are answered (text, audio, image, video, video with a spoken question,"
          + " video with its own sound).",
      "",
      "A case that fails is reported; the others still run, and the exit code is 1.",
      ""
    },
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final int MAX_NEW_TOKENS = 4096;

  private final Terminal terminal;
  private final Home home;
  private final Failures failures;

  @Parameters(
      arity = "0..1",
      paramLabel = "CASES.json",
      description = {
        "Conversations in the published demo's format: {\"NAME\": [{\"role\": \"user\","
            + " \"content\": [{\"type\": \"text\", \"text\": \"...\"}]}]}. Media are looked for"
            + " beside the file, then in the working directory. Default: those of LongCat-Tiny, or with"
            + " --model the six published ones."
      })
  private Optional<Path> cases = Optional.empty();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "output",
      description = "Where results go; created if needed. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("output");

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "" + MAX_NEW_TOKENS,
      description =
          "Upper bound of the model's steps. Default: ${DEFAULT-VALUE}, as in the published demo.")
  private int maxNewTokens = MAX_NEW_TOKENS;

  @Option(names = "--no-speech", description = "Text only, no WAV files.")
  private boolean silent;

  @Mixin private final ModelOptions options = new ModelOptions();

  DemoCommand(Terminal terminal, Home home, Failures failures) {
    this.terminal = terminal;
    this.home = home;
    this.failures = failures;
  }

  @Override
  public Integer call() {
    if (options.willFollow()) {
      options.follow(terminal);
      return LongCatCommand.OK;
    }
    List<DemoCase> all =
        DemoFile.read(cases.orElseGet(options.isTiny() ? home::tinyCases : home::demoCases));
    Generation generation = generation();
    ResultFiles results = ResultFiles.in(output);
    int failed = reportUnreadable(all);
    if (failed < all.size()) {
      failed +=
          options.use(terminal, longcat -> answer(all, longcat, generation, results)).orElse(0);
    }
    if (failed > 0) {
      terminal.err().println(failed + " of " + all.size() + " cases failed.");
    }
    return failed == 0 ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }

  private Generation generation() {
    return Generation.builder().maxNewTokens(maxNewTokens).speech(!silent).build();
  }

  private int reportUnreadable(List<DemoCase> all) {
    int failed = 0;
    for (DemoCase one : all) {
      if (one.failure().isPresent()) {
        report(one, one.failure().get());
        failed++;
      }
    }
    return failed;
  }

  private int answer(
      List<DemoCase> all, LongCat longcat, Generation generation, ResultFiles results) {
    int failed = 0;
    for (DemoCase one : all) {
      if (one.prompt().isPresent()) {
        try {
          terminal.out().println("== " + one.name());
          answer(one, longcat, generation, results);
        } catch (ResultOutput.Lost | RankFailedException e) {
          throw e;
        } catch (RuntimeException e) {
          report(one, e);
          failed++;
        }
      }
    }
    return failed;
  }

  private void answer(DemoCase one, LongCat longcat, Generation generation, ResultFiles results) {
    Path wav = output.resolve(one.name() + ".wav");
    List<Path> files = new ArrayList<>();
    try (ReplyStream stream = longcat.stream(one.prompt().orElseThrow(), generation);
        SoundOutput sound = new SoundOutput(Optional.of(wav), null)) {
      Reply reply = new ReplyPrinter(terminal, options.isQuiet()).print(stream, sound);
      files.addAll(results.write(one.name(), reply));
      sound.written().ifPresent(files::add);
    }
    if (!options.isQuiet()) {
      terminal
          .err()
          .println("wrote " + files.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
  }

  private void report(DemoCase one, RuntimeException failure) {
    failures.report("case " + one.name(), failure);
  }
}
