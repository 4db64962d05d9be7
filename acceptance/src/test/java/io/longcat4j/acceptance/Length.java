package io.longcat4j.acceptance;

/** How long a test runs that may run long. */
final class Length {
  private Length() {}

  /** The first number, or at night the second. */
  static int of(int usually, int nightly) {
    return Boolean.getBoolean("longcat.nightly") ? nightly : usually;
  }
}
