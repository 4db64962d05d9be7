package io.longcat4j.cli.verify;

/**
 * What became of one entry of a golden folder.
 *
 * @param name the entry
 * @param status the outcome
 * @param error the largest error; for exact entries the number of differences; NaN where none was
 *     computed
 * @param tolerance the largest error that passes; NaN where none applies
 * @param note details for a person, may be empty
 */
public record Line(String name, Status status, double error, double tolerance, String note) {

  /** The outcomes. */
  public enum Status {
    /** Within the tolerance. */
    OK("ok", false),
    /** Other than expected where the numerics allow it. */
    DIFFERS("differs", false),
    /** Beyond the tolerance, or of another shape. */
    FAILED("FAILED", true),
    /** A stage answers for it but gave no result. */
    MISSING("missing", true),
    /** No stage answers for it. */
    NOT_CHECKED("not checked", true),
    /** Given to a stage. */
    INPUT("input", false);

    private final String label;
    private final boolean failure;

    Status(String label, boolean failure) {
      this.label = label;
      this.failure = failure;
    }

    String label() {
      return label;
    }

    boolean isFailure() {
      return failure;
    }
  }

  static Line compared(String name, double error, double tolerance, String note) {
    // NaN must fail: it compares false with everything.
    Status status = error <= tolerance ? Status.OK : Status.FAILED;
    return new Line(name, status, error, tolerance, note);
  }

  static Line without(String name, Status status, String note) {
    return new Line(name, status, Double.NaN, Double.NaN, note);
  }
}
