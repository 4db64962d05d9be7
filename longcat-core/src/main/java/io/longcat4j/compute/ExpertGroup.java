package io.longcat4j.compute;

/** The experts of a layer that this rank holds, made by {@link ComputeBackend#experts}. */
public interface ExpertGroup {
  /**
   * How many.
   *
   * @return at least 0
   */
  int size();
}
