package io.longcat4j.checkpoint;

import java.util.Optional;
import java.util.Set;

/** Named tensors: a file, or several that belong together. Immutable and thread-safe. */
public interface TensorSource {
  /**
   * How messages name this source.
   *
   * @return the path it was opened from
   */
  String describe();

  /**
   * All names.
   *
   * @return in file order where there is one
   */
  Set<String> names();

  /**
   * A tensor that may be absent.
   *
   * @param name its name
   * @return the tensor
   * @throws io.longcat4j.CheckpointException if its bytes are damaged
   */
  Optional<StoredTensor> find(String name);

  /**
   * A tensor that must be there.
   *
   * @param name its name
   * @return the tensor
   * @throws io.longcat4j.CheckpointException if it is absent, naming it and this source
   */
  StoredTensor require(String name);

  /**
   * A tensor that must be there with a shape.
   *
   * @param name its name
   * @param dims the expected sizes
   * @return the tensor
   * @throws io.longcat4j.CheckpointException if it is absent or of another shape
   */
  default StoredTensor require(String name, long... dims) {
    return require(name).requireShape(dims);
  }
}
