package io.longcat4j.compute;

/** The experts of a layer that this rank holds, made by {@link ComputeBackend#experts}. */
public interface ExpertGroup {
  /**
   * How many.
   *
   * @return at least 0
   */
  int size();

  /**
   * Equal runs of experts that are summed each for itself, see {@link
   * ComputeBackend#experts(java.util.List, int)}.
   *
   * @return 1 for experts that are summed as one
   */
  int slices();
}
