package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.SafetensorsOutput;
import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes checkpoints in the published layout whose weights are holes: files of any size that take
 * next to no room where the file system knows holes, and read as zeros. For measuring what sizes
 * alone cost. Immutable and thread-safe.
 *
 * @param sizes of the model
 * @param format of its matrices
 * @param shardBytes most bytes of tensors in a file, unless one alone has more
 */
public record HollowCheckpoint(ModelSizes sizes, WeightFormat format, long shardBytes) {
  private static final long SHARD_BYTES = 8_000_000_000L;

  /**
   * In files of the usual length.
   *
   * @param sizes of the model
   * @param format of its matrices
   * @return for {@link ModelSizes#published()} in FP8 563 GB in 71 files
   */
  public static HollowCheckpoint of(ModelSizes sizes, WeightFormat format) {
    return new HollowCheckpoint(sizes, format, SHARD_BYTES);
  }

  /**
   * How large the weights will seem.
   *
   * @return bytes, without headers
   */
  public long bytes() {
    return TensorPlan.bytes(TensorPlan.of(sizes, format, false));
  }

  /**
   * Writes the checkpoint.
   *
   * @param directory made if it does not exist
   * @param tokenizer directory with a tokenizer, or empty for a checkpoint without one
   * @return how many files hold the weights
   * @throws CheckpointException if a file cannot be written
   * @throws InvalidRequestException if the directory holds a checkpoint
   */
  public int write(Path directory, Optional<Path> tokenizer) {
    if (Files.exists(directory.resolve("config.json"))) {
      throw new InvalidRequestException(
          directory + ": holds a checkpoint; delete it or name another directory");
    }
    List<List<Declaration>> shards = shards();
    ObjectNode names = JsonNodeFactory.instance.objectNode();
    try {
      Files.createDirectories(directory);
      for (int i = 0; i < shards.size(); i++) {
        String name =
            String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
        try (SafetensorsOutput output =
            SafetensorsOutput.create(directory.resolve(name), shards.get(i))) {
          output.leaveHoles();
        }
        shards.get(i).forEach(tensor -> names.put(tensor.name(), name));
      }
      ObjectNode index = JsonNodeFactory.instance.objectNode();
      index.putObject("metadata").put("total_size", bytes());
      index.set("weight_map", names);
      JsonMapper json = JsonMapper.builder().build();
      json.writeValue(directory.resolve("model.safetensors.index.json").toFile(), index);
      if (tokenizer.isPresent()) {
        new FilledTokenizer(tokenizer.get(), sizes.vocabulary()).write(directory);
      }
      json.writeValue(directory.resolve("config.json").toFile(), sizes.config(format));
    } catch (IOException e) {
      throw new CheckpointException(
          directory + ": the checkpoint cannot be written (" + e + "); check its permissions", e);
    }
    return shards.size();
  }

  private List<List<Declaration>> shards() {
    List<List<Declaration>> shards = new ArrayList<>();
    long bytes = 0;
    for (Declaration tensor : TensorPlan.of(sizes, format, false)) {
      if (shards.isEmpty() || bytes + tensor.byteSize() > shardBytes) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).add(tensor);
      bytes += tensor.byteSize();
    }
    return shards;
  }
}
