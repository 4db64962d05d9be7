package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tensors that are all known, in their order. */
final class NamedTensors implements TensorSource {
  private final String description;
  private final Map<String, StoredTensor> tensors;

  NamedTensors(String description, Map<String, StoredTensor> tensors) {
    this.description = description;
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public StoredTensor require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new CheckpointException(
                    description
                        + ": tensor "
                        + name
                        + " is missing among "
                        + tensors.size()
                        + " tensors; use the complete checkpoint with the configuration shipped"
                        + " with it"));
  }

  @Override
  public String toString() {
    return description + " with " + tensors.size() + " tensors";
  }
}
