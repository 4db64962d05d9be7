package io.longcat4j.benchmarks;

/** Measures the machine's floors in a moment, again and again. Not thread-safe. */
interface FloorProbe extends AutoCloseable {
  /** One short measurement, some 15 ms long. */
  Floors sample();

  @Override
  default void close() {}
}
