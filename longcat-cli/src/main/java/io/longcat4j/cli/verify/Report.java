package io.longcat4j.cli.verify;

import io.longcat4j.cli.verify.Line.Status;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of a comparison.
 *
 * @param lines one for each entry of the golden folder
 * @param failures stages that could not run, with their reasons
 */
public record Report(List<Line> lines, List<String> failures) {
  /** Copies the components. */
  public Report {
    lines = List.copyOf(lines);
    failures = List.copyOf(failures);
  }

  /**
   * Whether everything was compared and within its tolerance.
   *
   * @return true if so
   */
  public boolean isPassed() {
    return failures.isEmpty()
        && !lines.isEmpty()
        && lines.stream().noneMatch(line -> line.status().isFailure());
  }

  /**
   * Prints a table and a summary.
   *
   * @param out where to
   */
  public void print(PrintWriter out) {
    int width = lines.stream().mapToInt(line -> line.name().length()).max().orElse(10);
    row(out, width, "name", "max error", "tolerance", "");
    for (Line line : lines) {
      row(
          out,
          width,
          line.name(),
          number(line.error()),
          number(line.tolerance()),
          line.note().isEmpty()
              ? line.status().label()
              : line.status().label() + "  (" + line.note() + ")");
    }
    failures.forEach(failure -> out.println("stage " + failure));
    out.println(summary());
  }

  String summary() {
    long differing = count(Status.DIFFERS);
    return outcome() + (differing == 0 ? "" : ", " + differing + " differ as they may");
  }

  private String outcome() {
    return String.format(
        Locale.ROOT,
        "%s: %d ok, %d failed, %d missing, %d not checked, %d inputs",
        isPassed() ? "passed" : "FAILED",
        count(Status.OK),
        count(Status.FAILED),
        count(Status.MISSING),
        count(Status.NOT_CHECKED),
        count(Status.INPUT));
  }

  private long count(Status status) {
    return lines.stream().filter(line -> line.status() == status).count();
  }

  private static void row(
      PrintWriter out, int width, String name, String error, String tolerance, String status) {
    out.println(
        String.format(
                Locale.ROOT, "%-" + width + "s  %10s  %10s  %s", name, error, tolerance, status)
            .stripTrailing());
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return value == Math.rint(value) && value < 1e6
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2e", value);
  }
}
