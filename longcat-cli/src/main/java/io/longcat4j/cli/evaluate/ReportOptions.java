package io.longcat4j.cli.evaluate;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.evaluate.Answer;
import io.longcat4j.evaluate.Bars;
import io.longcat4j.evaluate.Evaluation;
import io.longcat4j.evaluate.ScoreDifference;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What is shown and written of an evaluation, and what is required of it. */
public final class ReportOptions {
  @Option(names = "--by-kind", description = "Also show the figures of each kind of question.")
  private boolean byKind;

  @Option(names = "--markdown", description = "Print tables for a document.")
  private boolean markdown;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures as JSON, by task and by kind.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "Write each answer as a line of JSON, with what was expected.")
  private Optional<Path> answers = Optional.empty();

  @Option(
      names = "--require",
      paramLabel = "TASK=SHARE",
      description =
          "End with exit code 1 if the score of a task is below a share from 0 to 1, such as"
              + " image=0.92; may be repeated.")
  private List<String> required = List.of();

  @Option(
      names = "--bars",
      paramLabel = "FILE",
      description = "The same from a file, with a task and its share on each line.")
  private Optional<Path> bars = Optional.empty();

  @Option(
      names = "--within",
      paramLabel = "POINTS",
      description =
          "End with exit code 1 if the score of a task of the other checkpoint differs by more.")
  private Optional<Double> within = Optional.empty();

  private Bars least = Bars.of(List.of());

  /**
   * Looks at everything that can be wrong before hours are spent.
   *
   * @param compared whether there is another checkpoint
   * @throws InvalidRequestException if something is
   */
  public void prepare(boolean compared) {
    Bars listed = bars.map(Bars::read).orElse(least);
    least = listed.and(Bars.of(required));
    if (within.isPresent() && !compared) {
      throw new InvalidRequestException(
          "--within is about the checkpoint of --compare; pass both or none");
    }
    Stream.of(json, answers)
        .flatMap(Optional::stream)
        .forEach(
            file -> {
              Path folder = file.toAbsolutePath().getParent();
              if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                throw new InvalidRequestException(
                    file + " is no file in an existing directory; correct --json or --answers");
              }
            });
  }

  /**
   * Prints tables and writes files.
   *
   * @param out where tables go
   * @param evaluation the figures
   * @param differences of another checkpoint, may be empty
   */
  public void report(PrintWriter out, Evaluation evaluation, List<ScoreDifference> differences) {
    ScoreTable table = new ScoreTable(out, markdown);
    table.print(evaluation.scores());
    if (byKind) {
      out.println();
      table.print(evaluation.scoresByKind());
    }
    table.printAttention(evaluation.attention());
    if (!differences.isEmpty()) {
      table.printDifferences(differences);
    }
    json.ifPresent(file -> EvaluationFiles.writeScores(file, evaluation, differences));
    answers.ifPresent(file -> EvaluationFiles.writeAnswers(file, evaluation));
  }

  /**
   * What is not as required.
   *
   * @param asked the figures
   * @param differences of another checkpoint, may be empty
   * @return sentences for a person; none where all is well
   */
  public List<String> complaints(QuestionOptions.Asked asked, List<ScoreDifference> differences) {
    List<String> complaints = new ArrayList<>();
    for (Answer failed : asked.evaluation().and(asked.unspoken()).failures()) {
      complaints.add(
          failed.item().task()
              + ", item "
              + failed.item().id()
              + " was not answered: "
              + failed.failure().orElseThrow());
    }
    complaints.addAll(least.missedBy(asked.evaluation()));
    for (ScoreDifference difference : differences) {
      if (within.isPresent() && Math.abs(difference.points()) > within.get()) {
        complaints.add(
            String.format(
                Locale.ROOT,
                "%s differs by %+.1f points, more than %s",
                difference.task(),
                difference.points(),
                within.get()));
      }
    }
    return complaints;
  }
}
