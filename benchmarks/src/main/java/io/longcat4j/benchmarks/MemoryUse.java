package io.longcat4j.benchmarks;

/**
 * Memory of this process that is in RAM now; zeros where the system does not tell.
 *
 * @param residentBytes all of it
 * @param fileBytes mapped files, which the system may drop and read again
 * @param anonymousBytes everything else
 */
record MemoryUse(long residentBytes, long fileBytes, long anonymousBytes) {
  private static final String STATUS = "/proc/self/status";

  static MemoryUse now() {
    return new MemoryUse(
        Machine.kilobytes(STATUS, "VmRSS"),
        Machine.kilobytes(STATUS, "RssFile"),
        Machine.kilobytes(STATUS, "RssAnon"));
  }
}
