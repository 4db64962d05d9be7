package io.longcat4j.benchmarks;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Weights of random numbers in memory, of which those of one format and use share the same bytes:
 * for devices that copy weights into memory of their own, where a layer of the published sizes is
 * made in seconds and needs no disk. Immutable and thread-safe.
 */
final class GeneratedTensors implements TensorSource {
  private static final long SEED = 1;
  private static final short BF16_ONE = 0x3f80;

  /** What tensors of one use are filled with. */
  private enum Use {
    GAINS,
    CORRECTION,
    SCALES,
    NUMBERS
  }

  private record Kind(Use use, DType dtype) {
    static Kind of(Declaration tensor) {
      boolean isScale =
          tensor.name().endsWith(TensorPlan.SCALE)
              || tensor.name().endsWith(TensorPlan.GROUP_SCALE);
      Use use =
          isScale
              ? Use.SCALES
              : tensor.shape().rank() > 1
                  ? Use.NUMBERS
                  : tensor.dtype() == DType.BF16 ? Use.GAINS : Use.CORRECTION;
      return new Kind(use, tensor.dtype());
    }
  }

  /** Bytes of one block. */
  private record Block(ByteBuffer memory) implements Storage {
    @Override
    public long bytes() {
      return memory.capacity();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      return memory
          .slice(Math.toIntExact(offset), length)
          .asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  GeneratedTensors(ModelSizes sizes, WeightFormat format) {
    List<Declaration> plan = TensorPlan.of(sizes, format, /* prediction= */ false);
    Map<Kind, Long> largest = new HashMap<>();
    plan.forEach(tensor -> largest.merge(Kind.of(tensor), tensor.byteSize(), Math::max));
    Map<Kind, Storage> blocks = new HashMap<>();
    largest.forEach((kind, bytes) -> blocks.put(kind, block(kind, bytes, sizes.hidden(), format)));
    for (Declaration tensor : plan) {
      Storage block = Objects.requireNonNull(blocks.get(Kind.of(tensor)));
      tensors.put(
          tensor.name(),
          new StoredTensor(tensor.name(), describe(), tensor.dtype(), tensor.shape(), block, 0));
    }
  }

  private static Storage block(Kind kind, long bytes, int columns, WeightFormat format) {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(SEED);
    switch (kind.use()) {
      case GAINS -> fill(memory, BF16_ONE);
      case CORRECTION -> {}
      case SCALES -> scales(memory, kind.dtype(), scale(format, columns), random);
      case NUMBERS ->
          new RandomNumbers(kind.dtype(), RandomNumbers.deviation(kind.dtype(), columns), random)
              .fill(memory);
    }
    return new Block(memory);
  }

  private static void fill(ByteBuffer memory, short value) {
    for (int at = 0; at < memory.capacity(); at += Short.BYTES) {
      memory.putShort(at, value);
    }
  }

  /** What keeps outputs of the size of their inputs, for weights of so many columns. */
  private static double scale(WeightFormat format, int columns) {
    DType stored =
        format.precision().map(precision -> precision.groups().dtype()).orElse(DType.F8_E4M3);
    return 1 / (Math.sqrt(columns) * RandomNumbers.deviation(stored, columns));
  }

  private static void scales(
      ByteBuffer memory, DType dtype, double scale, SplittableRandom random) {
    for (int at = 0; at < memory.capacity(); at += dtype.bytes()) {
      float value = (float) (scale * random.nextDouble(0.8, 1.2));
      if (dtype == DType.F32) {
        memory.putFloat(at, value);
      } else {
        memory.putShort(at, (short) RandomNumbers.encode(DType.BF16, value));
      }
    }
  }

  @Override
  public String describe() {
    return "generated weights";
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public StoredTensor require(String name) {
    return find(name)
        .orElseThrow(() -> new CheckpointException(describe() + ": there is no tensor " + name));
  }
}
