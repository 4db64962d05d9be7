package io.longcat4j.testing;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/** A weight in a format of checkpoints, beside the numbers that it means. */
public record TestWeight(ScaledTensor tensor, float[][] numbers) {

  /** A vector or matrix of exact F32. */
  public static TestWeight of(float[]... numbers) {
    int columns = numbers[0].length;
    StoredTensor values =
        stored(
            DType.F32,
            Shape.of(numbers.length, columns),
            i -> Float.floatToRawIntBits(numbers[i / columns][i % columns]));
    return plain(values, values(values, numbers.length, columns));
  }

  /** A vector of exact F32. */
  public static TestWeight vector(float... numbers) {
    StoredTensor values =
        stored(DType.F32, Shape.of(numbers.length), i -> Float.floatToRawIntBits(numbers[i]));
    return plain(values, new float[][] {numbers.clone()});
  }

  /** Random numbers of a magnitude around 1; F8_E4M3 in blocks, integers in groups. */
  public static TestWeight random(DType dtype, int rows, int columns, SplittableRandom random) {
    if (dtype == DType.F8_E4M3) {
      return fp8(rows, columns, 128, 128, random);
    }
    if (dtype == DType.I8 || dtype == DType.U8) {
      return integers(dtype, rows, columns, dtype == DType.I8 ? 128 : 32, random);
    }
    StoredTensor values = stored(dtype, Shape.of(rows, columns), i -> bits(dtype, random));
    return plain(values, values(values, rows, columns));
  }

  private static TestWeight plain(StoredTensor values, float[][] numbers) {
    return new TestWeight(new ScaledTensor(values, WeightScales.none()), numbers);
  }

  /** All codes of F8_E4M3 but NaN, at random, in blocks. */
  public static TestWeight fp8(
      int rows, int columns, int blockRows, int blockColumns, SplittableRandom random) {
    Shape blocks = Shape.of((rows - 1) / blockRows + 1, (columns - 1) / blockColumns + 1);
    StoredTensor values =
        stored(DType.F8_E4M3, Shape.of(rows, columns), i -> bits(DType.F8_E4M3, random));
    StoredTensor scales =
        stored(
            DType.F32,
            blocks,
            i -> Float.floatToRawIntBits((float) random.nextDouble(0.002, 0.02)));
    float[][] numbers = values(values, rows, columns);
    float[] factors = scales.toFloats();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int block = row / blockRows * (int) blocks.dim(1) + column / blockColumns;
        numbers[row][column] *= factors[block];
      }
    }
    return new TestWeight(
        new ScaledTensor(values, new WeightScales.Blocks(scales, blockRows, blockColumns)),
        numbers);
  }

  /** All codes of I8, or of U8 as pairs of 4 bits, at random, in groups. */
  public static TestWeight integers(
      DType dtype, int rows, int columns, int group, SplittableRandom random) {
    boolean pairs = dtype == DType.U8;
    int stored = pairs ? (columns + 1) / 2 : columns;
    int groups = (columns - 1) / group + 1;
    StoredTensor values = stored(dtype, Shape.of(rows, stored), i -> random.nextInt(256));
    StoredTensor factors =
        stored(
            DType.BF16,
            Shape.of(rows, groups),
            i -> Float.floatToRawIntBits((float) random.nextDouble(-0.02, 0.02)) >>> 16);
    float[] codes = values.toFloats();
    float[] scales = factors.toFloats();
    float[][] numbers = new float[rows][columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = row * stored + (pairs ? column / 2 : column);
        float code = codes[at];
        if (pairs) {
          int pair = (int) code;
          code = (column % 2 == 0 ? pair % 16 : pair / 16) - 8;
        }
        numbers[row][column] = code * scales[row * groups + column / group];
      }
    }
    return new TestWeight(
        new ScaledTensor(values, new WeightScales.Groups(factors, group, columns)), numbers);
  }

  /** Element {@code i} has the bits {@code bits(i)}. */
  public static StoredTensor stored(DType dtype, Shape shape, IntUnaryOperator bits) {
    int count = Math.toIntExact(shape.elements());
    // An odd start: tensors in files are not aligned.
    int start = 3;
    ByteBuffer memory =
        ByteBuffer.allocateDirect(start + count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int at = start + i * dtype.bytes();
      switch (dtype.bytes()) {
        case 1 -> memory.put(at, (byte) bits.applyAsInt(i));
        case 2 -> memory.putShort(at, (short) bits.applyAsInt(i));
        default -> memory.putInt(at, bits.applyAsInt(i));
      }
    }
    return new StoredTensor("w", "memory", dtype, shape, new Memory(memory), start);
  }

  /** Takes it in. */
  public Weight load(ComputeBackend backend) {
    return backend.load(tensor);
  }

  private static int bits(DType dtype, SplittableRandom random) {
    int f32 = Float.floatToRawIntBits((float) random.nextDouble(-1, 1));
    return switch (dtype) {
      case F32 -> f32;
      case BF16 -> f32 >>> 16;
      // Sign, an exponent below that of 2, mantissa: subnormal numbers too.
      case F16 -> random.nextInt(2) << 15 | random.nextInt(15 << 10);
      case F8_E4M3 -> random.nextInt(2) << 7 | random.nextInt(0x7f);
      default -> throw new IllegalArgumentException(dtype.toString());
    };
  }

  private static float[][] values(StoredTensor stored, int rows, int columns) {
    float[][] numbers = new float[rows][columns];
    for (int row = 0; row < rows; row++) {
      stored.readFloats((long) row * columns, numbers[row]);
    }
    return numbers;
  }

  private record Memory(ByteBuffer buffer) implements Storage {
    @Override
    public long bytes() {
      return buffer.capacity();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ bytes());
      return buffer.slice((int) offset, length).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
