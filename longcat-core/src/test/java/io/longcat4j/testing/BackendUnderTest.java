package io.longcat4j.testing;

/** Gives the parts of the contract a backend. */
interface BackendUnderTest {
  /** A new backend, to be closed. */
  ComputeBench bench(int threads);
}
