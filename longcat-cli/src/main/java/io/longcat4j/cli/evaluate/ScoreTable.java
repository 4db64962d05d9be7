package io.longcat4j.cli.evaluate;

import io.longcat4j.AttentionFigures;
import io.longcat4j.evaluate.Measure;
import io.longcat4j.evaluate.ScoreDifference;
import io.longcat4j.evaluate.TaskScore;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

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
   * Prints how precisely few positions were chosen, where it was measured.
   *
   * @param blocks one a line, and all together behind them; none for nothing
   */
  public void printAttention(List<AttentionFigures> blocks) {
    if (blocks.isEmpty()) {
      return;
    }
    Table table =
        new Table().row("attention block", "samples", "precision", "least", "kept mass", "entropy");
    blocks.forEach(of -> attention(table, String.valueOf(of.block()), of));
    double samples = blocks.stream().mapToLong(AttentionFigures::samples).sum();
    table.row(
        "all",
        String.valueOf((long) samples),
        percent(mean(blocks, AttentionFigures::precision, samples)),
        percent(blocks.stream().mapToDouble(AttentionFigures::leastPrecision).min().orElse(1)),
        percent(mean(blocks, AttentionFigures::mass, samples)),
        nats(mean(blocks, AttentionFigures::entropy, samples)));
    out.println();
    table.print(out, markdown);
  }

  private static void attention(Table table, String name, AttentionFigures of) {
    table.row(
        name,
        String.valueOf(of.samples()),
        percent(of.precision()),
        percent(of.leastPrecision()),
        percent(of.mass()),
        nats(of.entropy()));
  }

  private static double mean(
      List<AttentionFigures> blocks, ToDoubleFunction<AttentionFigures> figure, double samples) {
    return blocks.stream().mapToDouble(of -> of.samples() * figure.applyAsDouble(of)).sum()
        / samples;
  }

  private static String nats(double entropy) {
    return String.format(Locale.ROOT, "%.2f", entropy);
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
