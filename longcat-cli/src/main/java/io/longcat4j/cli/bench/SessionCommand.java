package io.longcat4j.cli.bench;

import io.longcat4j.LongCat;
import io.longcat4j.benchmarks.BenchReport;
import io.longcat4j.benchmarks.SessionBench;
import io.longcat4j.server.LongCatServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures spoken conversations. */
@Command(
    name = "session",
    mixinStandardHelpOptions = true,
    header = "Measures spoken conversations: how soon a reply is heard, and how soon it stops.",
    description = {
      "",
      "Questions are spoken at the pace of a microphone, so that a turn takes some 4 s; 50 turns of"
          + " everything take 20 minutes and more. Times are those of one reply after the other;"
          + " nothing else should run.",
      ""
    },
    sortOptions = false)
final class SessionCommand implements Callable<Integer> {
  private static final List<Path> QUESTIONS =
      List.of(Path.of("samples", "media", "tiny"), Path.of("testdata", "tiny", "media"));

  private final BenchOutput output;

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "50",
      description = "Turns of each measurement. Default: ${DEFAULT-VALUE}.")
  private int turns;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Checkpoint directory in the published layout. Default: LongCat-Tiny.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--questions",
      paramLabel = "DIR",
      description = {
        "Directory of spoken questions, files whose names hold 'question' and end on '.wav'."
            + " Default: those of the project's samples and of LongCat-Tiny's test set."
      })
  private Optional<Path> questions = Optional.empty();

  @Option(
      names = "--websocket",
      description =
          "Also serve the model on the loopback, and tell what the same turns take longer there.")
  private boolean websocket;

  @Mixin private final ReportOptions report = new ReportOptions();

  SessionCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    report.document().ifPresent(file -> new ResultDocument(file).requireMarks());
    SessionBench.Options options = SessionBench.Options.of(directories(), turns);
    LongCat.Builder builder = LongCat.builder().backend(report.backend());
    model.ifPresentOrElse(builder::model, builder::tiny);
    report.threads().ifPresent(builder::threads);
    SessionBench bench = new SessionBench(options, output::progress);
    try (LongCat longcat = builder.build()) {
      String command = "bench session --turns " + turns + (websocket ? " --websocket" : "");
      output.print(websocket ? served(bench, longcat) : alone(bench, longcat), command, report);
    }
    return 0;
  }

  private static BenchReport alone(SessionBench bench, LongCat longcat) {
    return bench.run(longcat, Optional.empty());
  }

  private static BenchReport served(SessionBench bench, LongCat longcat) {
    try (LongCatServer server = LongCatServer.builder(longcat).port(0).start()) {
      return bench.run(longcat, Optional.of(server.uri()));
    }
  }

  private List<Path> directories() {
    Path root = output.root().orElse(Path.of(""));
    return questions.map(List::of).orElse(QUESTIONS.stream().map(root::resolve).toList());
  }
}
