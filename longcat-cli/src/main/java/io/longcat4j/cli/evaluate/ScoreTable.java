package io.longcat4j.cli.evaluate;

import io.longcat4j.evaluate.Measure;
import io.longcat4j.evaluate.ScoreDifference;
import io.longcat4j.evaluate.TaskScore;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Scores for people, as plain text or as Markdown.
 *
 * @param out where to
 * @param markdown whether a document shall show them
 */
public record ScoreTable(PrintWriter out, boolean markdown) {

  /**
   * Prints figures.
   *
   * @param scores one a line
   */
  public void print(List<TaskScore> scores) {
    Table table = new Table().row("task", "items", "right", "score", "word errors");
    for (TaskScore score : scores) {
      table.row(
          score.task(),
          String.valueOf(score.items()),
          String.valueOf(score.right()),
          percent(score.score()),
          score.measure() == Measure.WORDS ? percent(score.wordErrorRate()) : "-");
    }
    table.print(out, markdown);
  }

  /**
   * Prints how another checkpoint differs.
   *
   * @param differences one a line
   */
  public void printDifferences(List<ScoreDifference> differences) {
    Table table = new Table().row("task", "score", "compared", "points", "other answers");
    for (ScoreDifference difference : differences) {
      table.row(
          difference.task(),
          percent(difference.first()),
          percent(difference.second()),
          String.format(Locale.ROOT, "%+.1f", difference.points()),
          String.valueOf(difference.otherAnswers()));
    }
    out.println();
    table.print(out, markdown);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
