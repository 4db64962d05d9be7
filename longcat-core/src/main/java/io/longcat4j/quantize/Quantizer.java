package io.longcat4j.quantize;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.SafetensorsOutput;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a checkpoint again with integers in the place of weights. The result loads like any other.
 * Tensors are read, rounded and written some rows at a time: memory does not grow with the
 * checkpoint. Immutable; each run stands for itself.
 */
public final class Quantizer {
  /** The length at which the next file is begun: 4 GiB. */
  public static final long SHARD_BYTES = 4L << 30;

  private static final String BLOCK_SUFFIX = "_scale_inv";
  private static final String CONFIG = "config.json";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int COPIED_AT_ONCE = 1 << 24;
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** Hears how far a run is. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called before each tensor.
     *
     * @param tensor its name
     * @param bytesDone bytes of the source that are done
     * @param bytesTotal bytes of the source
     */
    void onTensor(String tensor, long bytesDone, long bytesTotal);
  }

  private final Precision precision;
  private final Scope scope;
  private final Optional<Precision> head;
  private final long shardBytes;

  /**
   * Chooses what to do, leaving the head as it is.
   *
   * @param precision integers to round to
   * @param scope weights to round
   * @param shardBytes upper bound of a written file's tensors, unless one alone is larger
   */
  public Quantizer(Precision precision, Scope scope, long shardBytes) {
    this(precision, scope, Optional.empty(), shardBytes);
  }

  /**
   * Chooses what to do.
   *
   * @param precision integers to round to
   * @param scope weights to round
   * @param head integers to round the head to, which every token reads; empty to leave it
   * @param shardBytes upper bound of a written file's tensors, unless one alone is larger
   */
  public Quantizer(Precision precision, Scope scope, Optional<Precision> head, long shardBytes) {
    this.precision = precision;
    this.scope = scope;
    this.head = head;
    this.shardBytes = shardBytes;
  }

  /**
   * Quantises a checkpoint of BF16, F16, F32 or FP8 weights.
   *
   * @param source the checkpoint
   * @param output a directory that does not exist, or is empty; it appears when it is whole
   * @param progress hears of every tensor
   * @return sizes and errors
   * @throws CheckpointException if the source is quantised to integers already, holds numbers that
   *     are not finite or has no head of its own to round, or the output cannot be written
   * @throws InvalidRequestException if the output is not empty or lies in the source
   */
  public QuantizationReport run(Checkpoint source, Path output, Progress progress) {
    List<TensorPlan> plans = plan(source);
    try (TargetDirectory target = TargetDirectory.prepare(output, source.directory())) {
      try {
        target.takeOver(source.directory(), replaced(source));
        QuantizationReport report = write(source, plans, target.partial(), progress);
        writeConfig(source, plans, target.partial().resolve(CONFIG));
        target.finish();
        return report;
      } catch (IOException e) {
        throw TargetDirectory.failed(output, e);
      }
    }
  }

  private List<TensorPlan> plan(Checkpoint source) {
    if (source.model().integerGroups().isPresent()) {
      throw new CheckpointException(
          source.directory()
              + ": is quantised to INT"
              + source.model().integerGroups().get().bits()
              + " already; quantise the checkpoint that it was made from");
    }
    TensorSource weights = source.weights();
    List<TensorPlan> plans = new ArrayList<>();
    for (String name : weights.names()) {
      StoredTensor tensor = weights.require(name);
      Optional<Precision> rounding = rounding(name);
      if (rounding.isPresent()) {
        String scales = name + ScaledTensor.GROUP_SUFFIX;
        plans.add(TensorPlan.quantise(matrix(tensor), scales, rounding.get()));
      } else if (!name.endsWith(BLOCK_SUFFIX) || rounding(weightOf(name)).isEmpty()) {
        plans.add(TensorPlan.copy(tensor));
      }
    }
    if (head.isPresent() && weights.find(ModelConfig.HEAD).isEmpty()) {
      throw new CheckpointException(
          source.directory()
              + ": has no "
              + ModelConfig.HEAD
              + ", as where the head is the embedding; leave the head as it is");
    }
    if (plans.stream().noneMatch(plan -> scope.includes(plan.source().name()))) {
      throw new CheckpointException(
          source.directory() + ": has no weights named like a layer's; use a complete checkpoint");
    }
    return plans;
  }

  private Optional<Precision> rounding(String name) {
    if (name.equals(ModelConfig.HEAD)) {
      return head;
    }
    return scope.includes(name) ? Optional.of(precision) : Optional.empty();
  }

  private static String weightOf(String blockScales) {
    return blockScales.substring(0, blockScales.length() - BLOCK_SUFFIX.length());
  }

  private static StoredTensor matrix(StoredTensor tensor) {
    if (tensor.shape().rank() != 2 || tensor.shape().elements() == 0) {
      throw new CheckpointException(tensor + ": must be a matrix; use a complete checkpoint");
    }
    return tensor;
  }

  private static Set<Path> replaced(Checkpoint source) throws IOException {
    Set<Path> files = new HashSet<>();
    try (var shards = Files.newDirectoryStream(source.directory(), "model*.safetensors")) {
      shards.forEach(file -> files.add(file.normalize()));
    }
    files.add(source.directory().resolve(CONFIG).normalize());
    files.add(source.directory().resolve(INDEX).normalize());
    for (String name : source.weights().names()) {
      files.add(Path.of(source.weights().require(name).file()).normalize());
    }
    return files;
  }

  private QuantizationReport write(
      Checkpoint source, List<TensorPlan> plans, Path into, Progress progress) throws IOException {
    List<List<TensorPlan>> shards = shards(plans);
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    long after = plans.stream().mapToLong(TensorPlan::bytes).sum();
    index.putObject("metadata").put("total_size", after);
    ObjectNode map = index.putObject("weight_map");
    long before = bytes(source.weights());
    Map<String, RoundingError> errors = new LinkedHashMap<>();
    long done = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file =
          String.format(Locale.ROOT, "model_%05d-of-%05d.safetensors", i + 1, shards.size());
      try (SafetensorsOutput shard =
          SafetensorsOutput.create(into.resolve(file), declarations(shards.get(i)))) {
        for (TensorPlan plan : shards.get(i)) {
          progress.onTensor(plan.source().name(), done, before);
          writeTensor(source, plan, shard, errors);
          plan.written().forEach(tensor -> map.put(tensor.name(), file));
          done += plan.source().byteSize();
        }
      }
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(into.resolve(INDEX).toFile(), index);
    return new QuantizationReport(errors, before, after);
  }

  private List<List<TensorPlan>> shards(List<TensorPlan> plans) {
    List<List<TensorPlan>> shards = new ArrayList<>();
    long bytes = shardBytes;
    for (TensorPlan plan : plans) {
      if (shards.isEmpty() || bytes + plan.bytes() > shardBytes) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).add(plan);
      bytes += plan.bytes();
    }
    return shards;
  }

  private static List<SafetensorsOutput.Declaration> declarations(List<TensorPlan> plans) {
    return plans.stream().flatMap(plan -> plan.written().stream()).toList();
  }

  private void writeTensor(
      Checkpoint source,
      TensorPlan plan,
      SafetensorsOutput shard,
      Map<String, RoundingError> errors) {
    StoredTensor tensor = plan.source();
    if (plan.isQuantised()) {
      MatrixQuantizer matrix =
          new MatrixQuantizer(source.weight(tensor.name()), plan.precision().orElseThrow());
      errors.put(
          tensor.name(),
          matrix.run(
              (codes, scales) -> {
                shard.append(plan.written().get(0).name(), codes);
                shard.append(plan.written().get(1).name(), scales);
              }));
      return;
    }
    for (long from = 0; from < tensor.byteSize(); from += COPIED_AT_ONCE) {
      int length = (int) Math.min(COPIED_AT_ONCE, tensor.byteSize() - from);
      shard.append(tensor.name(), tensor.bytes(from, length));
    }
  }

  private static long bytes(TensorSource source) {
    return source.names().stream().map(source::require).mapToLong(StoredTensor::byteSize).sum();
  }

  private void writeConfig(Checkpoint source, List<TensorPlan> plans, Path file)
      throws IOException {
    ObjectNode config = (ObjectNode) JSON.readTree(source.file(CONFIG).toFile());
    ObjectNode quantization = config.putObject("quantization_config");
    quantization
        .put("quant_method", "longcat4j")
        .put("version", 1)
        .put("bits", precision.groups().bits())
        .put("group_size", precision.groups().size())
        .put("scope", scope.name().toLowerCase(Locale.ROOT));
    head.ifPresent(
        rounding ->
            quantization
                .put("head_bits", rounding.groups().bits())
                .put("head_group_size", rounding.groups().size()));
    boolean keepsFp8 =
        plans.stream()
            .anyMatch(plan -> !plan.isQuantised() && plan.source().dtype() == DType.F8_E4M3);
    if (keepsFp8) {
      ModelConfig.BlockSize block = source.model().fp8Block().orElseThrow();
      quantization.putArray("weight_block_size").add(block.rows()).add(block.columns());
    }
    Files.deleteIfExists(file);
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), config);
  }
}
