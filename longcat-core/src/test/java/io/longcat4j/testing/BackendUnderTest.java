package io.longcat4j.testing;

/** Gives the parts of the contract a backend. */
public interface BackendUnderTest {
  /** A new backend, to be closed. */
  ComputeBench bench(int threads);

  /**
   * Whether the largest of cases that show the same are left out, and repetitions with other
   * threads where there are none.
   */
  default boolean isSlow() {
    return false;
  }
}
