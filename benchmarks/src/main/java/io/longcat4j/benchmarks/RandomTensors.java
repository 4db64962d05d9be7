package io.longcat4j.benchmarks;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Every tensor that is asked for with a shape, in F32 and of random numbers. The same name gives
 * the same numbers. Immutable and thread-safe; nothing is kept.
 */
final class RandomTensors implements TensorSource {
  private final double deviation;

  /** Numbers around 0. */
  RandomTensors(double deviation) {
    this.deviation = deviation;
  }

  @Override
  public String describe() {
    return "random weights";
  }

  @Override
  public Set<String> names() {
    return Set.of();
  }

  @Override
  public Optional<StoredTensor> find(String name) {
    return Optional.empty();
  }

  @Override
  public StoredTensor require(String name) {
    throw new CheckpointException(name + ": random weights need a shape");
  }

  @Override
  public StoredTensor require(String name, long... dims) {
    Shape shape = Shape.of(dims);
    int bytes = Math.toIntExact(Math.multiplyExact(shape.elements(), (long) Float.BYTES));
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes);
    new RandomNumbers(DType.F32, deviation, new SplittableRandom(name.hashCode())).fill(memory);
    return new StoredTensor(
        name, describe(), DType.F32, shape, new Memory(memory.asReadOnlyBuffer()), 0);
  }

  private record Memory(ByteBuffer content) implements Storage {
    @Override
    public long bytes() {
      return content.capacity();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      Objects.checkFromIndexSize(offset, length, bytes());
      return content.slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
