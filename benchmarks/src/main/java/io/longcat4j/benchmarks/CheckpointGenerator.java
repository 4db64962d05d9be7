package io.longcat4j.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.SafetensorsOutput;
import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.quantize.Precision;
import io.longcat4j.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Writes checkpoints of random weights in the published layout. The weights are scaled so that
 * activations stay of the size of 1, whatever the sizes are; the same sizes and seed give the same
 * bytes. Immutable and thread-safe.
 *
 * @param sizes of the model
 * @param format of its matrices
 * @param seed of its numbers
 * @param prediction whether there is a layer for multi-token prediction
 */
public record CheckpointGenerator(
    ModelSizes sizes, WeightFormat format, long seed, boolean prediction) {
  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";
  private static final String ORIGIN = "generated.json";
  private static final int CHUNK_BYTES = 4 << 20;
  private static final short BF16_ONE = 0x3f80;

  /**
   * Without multi-token prediction.
   *
   * @param sizes of the model
   * @param format of its matrices
   * @param seed of its numbers
   */
  public CheckpointGenerator(ModelSizes sizes, WeightFormat format, long seed) {
    this(sizes, format, seed, false);
  }

  /**
   * How large the weights will be.
   *
   * @return bytes on disk, without header
   */
  public long bytes() {
    return TensorPlan.bytes(TensorPlan.of(sizes, format, prediction));
  }

  /**
   * Writes a checkpoint, unless the directory already holds the very one; a tokenizer that it lacks
   * is added.
   *
   * @param directory made if it does not exist
   * @param tokenizer directory with a tokenizer, or empty for a checkpoint without one. Ids that it
   *     does not know become words that no text is cut into
   * @return whether the weights were written now
   * @throws CheckpointException if a file cannot be written
   * @throws InvalidRequestException if the directory holds something else, or the disk is too small
   */
  public boolean write(Path directory, Optional<Path> tokenizer) {
    ObjectNode config = sizes.config(format);
    ObjectNode known = config.deepCopy().put("generator_seed", seed);
    if (prediction) {
      known.put("generator_mtp", true);
    }
    String origin = text(known);
    try {
      if (isThere(directory, origin)) {
        if (!FilledTokenizer.isIn(directory)) {
          write(tokenizer, directory);
        }
        return false;
      }
      Files.createDirectories(directory);
      requireRoom(directory);
      Path unfinished = directory.resolve(WEIGHTS + ".part");
      writeWeights(unfinished);
      write(tokenizer, directory);
      Files.writeString(directory.resolve(CONFIG), text(config));
      Files.writeString(directory.resolve(ORIGIN), origin);
      Files.move(unfinished, directory.resolve(WEIGHTS), StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      throw new CheckpointException(
          directory + ": the checkpoint cannot be written (" + e + "); check its permissions", e);
    }
  }

  private void write(Optional<Path> tokenizer, Path directory) throws IOException {
    if (tokenizer.isPresent()) {
      new FilledTokenizer(tokenizer.get(), sizes.vocabulary()).write(directory);
    }
  }

  private boolean isThere(Path directory, String origin) throws IOException {
    if (!Files.exists(directory.resolve(WEIGHTS))) {
      return false;
    }
    Path existing = directory.resolve(ORIGIN);
    if (Files.exists(existing) && Files.readString(existing).equals(origin)) {
      return true;
    }
    throw new InvalidRequestException(
        directory + ": holds another checkpoint; delete it or name another directory");
  }

  private void requireRoom(Path directory) throws IOException {
    long room = Files.getFileStore(directory).getUsableSpace();
    if (bytes() > room) {
      throw new InvalidRequestException(
          "%s: has room for %d bytes, but the checkpoint needs %d; name another directory, or fewer experts"
              .formatted(directory, room, bytes()));
    }
  }

  private static String text(ObjectNode json) {
    try {
      return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void writeWeights(Path file) {
    List<Declaration> tensors = TensorPlan.of(sizes, format, prediction);
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (SafetensorsOutput output = SafetensorsOutput.create(file, tensors)) {
      for (Declaration tensor : tensors) {
        write(tensor, random, chunk, output);
      }
    }
  }

  private void write(
      Declaration tensor, SplittableRandom random, ByteBuffer chunk, SafetensorsOutput output) {
    if (tensor.shape().rank() == 1) {
      writeVector(tensor, chunk, output);
    } else if (tensor.name().endsWith(TensorPlan.SCALE)) {
      writeScales(tensor, random, output);
    } else if (tensor.name().endsWith(TensorPlan.GROUP_SCALE)) {
      writeGroupScales(tensor, random, output);
    } else {
      RandomNumbers numbers = new RandomNumbers(tensor.dtype(), deviation(tensor), random.split());
      for (long left = tensor.byteSize(); left > 0; left -= CHUNK_BYTES) {
        chunk.clear().limit((int) Math.min(left, CHUNK_BYTES));
        numbers.fill(chunk);
        output.append(tensor.name(), chunk);
      }
    }
  }

  private static double deviation(Declaration tensor) {
    return tensor.name().contains("embed_tokens")
        ? 1
        : RandomNumbers.deviation(tensor.dtype(), (double) tensor.shape().dim(1));
  }

  /** Gains are 1; the router's correction is 0, so that it picks by its scores alone. */
  private static void writeVector(Declaration tensor, ByteBuffer chunk, SafetensorsOutput output) {
    chunk.clear().limit((int) tensor.byteSize());
    if (tensor.dtype() == DType.BF16) {
      for (int i = 0; i < tensor.byteSize(); i += Short.BYTES) {
        chunk.putShort(i, BF16_ONE);
      }
    } else {
      for (int i = 0; i < tensor.byteSize(); i++) {
        chunk.put(i, (byte) 0);
      }
    }
    output.append(tensor.name(), chunk);
  }

  /** Around what keeps outputs of the size of their inputs; a block differs from its neighbours. */
  private static void writeScales(
      Declaration tensor, SplittableRandom random, SafetensorsOutput output) {
    double columns = (double) tensor.shape().dim(1) * TensorPlan.BLOCK;
    double scale = 1 / (Math.sqrt(columns) * RandomNumbers.FP8_DEVIATION);
    int count = Math.toIntExact(tensor.shape().elements());
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) (scale * random.nextDouble(0.8, 1.2)));
    }
    output.append(tensor.name(), bytes.flip());
  }

  /** The same for groups of integers, in BF16. */
  private void writeGroupScales(
      Declaration tensor, SplittableRandom random, SafetensorsOutput output) {
    Precision precision = format.precision().orElseThrow();
    double deviation =
        precision == Precision.INT4 ? RandomNumbers.INT4_DEVIATION : RandomNumbers.INT8_DEVIATION;
    double columns = (double) tensor.shape().dim(1) * precision.groups().size();
    double scale = 1 / (Math.sqrt(columns) * deviation);
    int count = Math.toIntExact(tensor.shape().elements());
    ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      float value = (float) (scale * random.nextDouble(0.8, 1.2));
      bytes.putShort((short) RandomNumbers.encode(DType.BF16, value));
    }
    output.append(tensor.name(), bytes.flip());
  }
}
