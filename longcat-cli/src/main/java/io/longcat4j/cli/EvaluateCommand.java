package io.longcat4j.cli;

import io.longcat4j.LongCat;
import io.longcat4j.cli.evaluate.QuestionOptions;
import io.longcat4j.cli.evaluate.ReportOptions;
import io.longcat4j.evaluate.Answer;
import io.longcat4j.evaluate.Evaluation;
import io.longcat4j.evaluate.ScoreDifference;
import io.longcat4j.evaluate.TestItem;
import io.longcat4j.evaluate.TestSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a checkpoint the questions of a test set. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Asks questions whose answers are known, and tells how many answers are right.",
    description = {
      "",
      "For those who change a checkpoint or the engine: the questions of a test set are answered"
          + " greedily, several at once, and each task gets a line. The score is the share of right"
          + " answers, or, for transcriptions, of right words.",
      "",
      "  longcat evaluate",
      "  longcat evaluate mine.jsonl --model DIR --require text=0.97 --answers answers.jsonl",
      "  longcat evaluate --model DIR --compare FP8_DIR --within 1.5",
      "",
      "With --attention also how precisely few positions were chosen: of those kept the share that"
          + " exact scores keep (on average and at least), the kept share of the softmax, and its"
          + " entropy in nats, by attention block, of every step or of each that 'measure' names.",
      "",
      "The exit code is 1 if something that is required is not so, or if an item could not be"
          + " answered at all.",
      ""
    },
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Home home;

  @Parameters(
      arity = "0..1",
      paramLabel = "TESTSET.jsonl",
      description = {
        "A question on each line: {\"id\": \"a\", \"task\": \"image\", \"messages\": [...],"
            + " \"answer\": \"...\"}, messages as in the published demo's cases, and, if they are"
            + " judged by word errors, \"measure\": \"words\". Default: that of LongCat-Tiny."
      })
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--compare",
      paramLabel = "DIR",
      description = "Ask this checkpoint too, and tell what it does better or worse.")
  private Optional<Path> compared = Optional.empty();

  @Mixin private final QuestionOptions questions = new QuestionOptions();
  @Mixin private final ReportOptions reporting = new ReportOptions();
  @Mixin private final ModelOptions options = new ModelOptions();

  EvaluateCommand(Terminal terminal, Home home) {
    this.terminal = terminal;
    this.home = home;
  }

  @Override
  public Integer call() {
    if (options.willFollow()) {
      options.follow(terminal);
      compared.ifPresent(other -> options.follow(other, terminal));
      return LongCatCommand.OK;
    }
    List<TestItem> items =
        questions.choose(TestSet.read(file.orElseGet(home::tinyTestSet))).items();
    reporting.prepare(compared.isPresent());
    questions.prepare();
    options.measureAttention();
    Optional<QuestionOptions.Asked> first =
        options.use(terminal, longcat -> ask(longcat, items, /* writeSpeech= */ true));
    Optional<Evaluation> second = compared.flatMap(other -> ask(other, items));
    if (first.isEmpty()) {
      return LongCatCommand.OK;
    }
    QuestionOptions.Asked asked = first.get();
    List<ScoreDifference> differences =
        second.map(other -> ScoreDifference.between(asked.evaluation(), other)).orElse(List.of());
    reporting.report(terminal.out(), asked.evaluation(), differences);
    List<String> complaints = reporting.complaints(asked, differences);
    complaints.forEach(terminal.err()::println);
    return complaints.isEmpty() ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }

  private Optional<Evaluation> ask(Path other, List<TestItem> items) {
    return options.use(
        other, terminal, longcat -> ask(longcat, items, /* writeSpeech= */ false).evaluation());
  }

  private QuestionOptions.Asked ask(LongCat longcat, List<TestItem> items, boolean writeSpeech) {
    return questions.ask(longcat, items, writeSpeech, new AnswerCount(questions.answers(items)));
  }

  /** A line that is redrawn where a person watches. */
  private final class AnswerCount implements Consumer<Answer> {
    private final int total;
    private int done;

    private AnswerCount(int total) {
      this.total = total;
    }

    @Override
    public void accept(Answer answer) {
      done++;
      if (!options.isQuiet() && terminal.interactive()) {
        terminal.err().print("\r" + (done < total ? done + " of " + total : "") + "    \r");
        terminal.err().flush();
      }
    }
  }
}
