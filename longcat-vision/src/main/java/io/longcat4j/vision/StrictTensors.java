package io.longcat4j.vision;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import java.util.HashSet;
import java.util.Set;

/**
 * The tensors of a file of which every one must be used: one that is left over belongs to a network
 * other than the one being built. Not thread-safe.
 */
final class StrictTensors {
  private final TensorSource source;
  private final Set<String> unused;

  StrictTensors(TensorSource source) {
    this.source = source;
    this.unused = new HashSet<>(source.names());
  }

  StoredTensor require(String name, long... dims) {
    unused.remove(name);
    return source.require(name, dims);
  }

  void requireNothingElse() {
    if (!unused.isEmpty()) {
      throw new CheckpointException(
          source.describe()
              + ": "
              + unused.size()
              + " tensors have no place in the network that vision/config.json describes, the first"
              + " is "
              + unused.stream().sorted().findFirst().orElseThrow()
              + "; use the configuration shipped with the checkpoint");
    }
  }
}
