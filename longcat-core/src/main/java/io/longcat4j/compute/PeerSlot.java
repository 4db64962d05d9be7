package io.longcat4j.compute;

/**
 * Memory of a device that ranks of one process leave numbers in for each other, so that they cross
 * from device to device without the host. Whoever shares it orders who fills and who reads; it
 * lives until nobody holds it and all backends that saw it have closed.
 */
public interface PeerSlot {
  /**
   * The slot as a matrix, from its beginning on.
   *
   * @param viewer a backend that {@linkplain ComputeBackend#reaches reaches} the one that made it
   * @param rows at least 0
   * @param columns at least 1; all together no more numbers than the slot has
   * @return a tensor of the viewer, alive as long as that
   */
  Tensor view(ComputeBackend viewer, int rows, int columns);

  /**
   * What was queued so far fills the slot.
   *
   * @param stream of the backend that made it
   */
  void fill(Stream stream);

  /**
   * What is queued from now on sees what filled the slot last.
   *
   * @param stream of a backend that reaches the one that made it
   */
  void await(Stream stream);
}
