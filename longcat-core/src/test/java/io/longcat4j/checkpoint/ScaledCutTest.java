package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;
import io.longcat4j.tensor.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScaledCutTest {
  private static final int ROWS = 10;
  private static final int COLUMNS = 12;

  @TempDir Path folder;
  private final Random random = new Random(7);

  /** A weight of random bytes, with scales of blocks of 4 x 8 or groups of 8. */
  private ScaledTensor weight(DType dtype, int columns) {
    int stored = dtype == DType.U8 ? (columns + 1) / 2 : columns;
    byte[] numbers = new byte[ROWS * stored * dtype.bytes()];
    random.nextBytes(numbers);
    SafetensorsBytes bytes = new SafetensorsBytes();
    bytes.tensor("x.weight", dtype, new long[] {ROWS, stored}, numbers);
    Optional<IntegerGroups> groups = Optional.empty();
    if (dtype == DType.F8_E4M3) {
      bytes.floats("x.weight_scale_inv", new long[] {3, (columns + 7) / 8}, factors(3, columns));
    } else if (dtype == DType.U8 || dtype == DType.I8) {
      byte[] factors = new byte[2 * ROWS * ((columns + 7) / 8)];
      for (int i = 0; i < factors.length; i += 2) {
        factors[i] = (byte) random.nextInt();
        factors[i + 1] = 0x3f;
      }
      long[] shape = {ROWS, (columns + 7) / 8};
      bytes.tensor("x.weight_scale", DType.BF16, shape, factors);
      groups = Optional.of(new IntegerGroups(dtype == DType.U8 ? 4 : 8, 8));
    }
    TensorSource source = SafetensorsFile.open(bytes.write(folder.resolve("w")));
    Optional<BlockSize> block = Optional.of(new BlockSize(4, 8));
    return ScaledTensor.find(source, "x.weight", block, groups).requireShape(ROWS, columns);
  }

  private float[] factors(int rows, int columns) {
    float[] factors = new float[rows * ((columns + 7) / 8)];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = 0.5f + random.nextFloat();
    }
    return factors;
  }

  private static float[] row(ScaledTensor weight, int row) {
    float[] numbers = new float[(int) weight.columns()];
    weight.readRow(row, numbers);
    return numbers;
  }

  @ParameterizedTest
  @CsvSource({"BF16", "F32", "F8_E4M3", "I8", "U8"})
  void any_rows_have_the_numbers_of_the_whole(DType dtype) {
    ScaledTensor whole = weight(dtype, COLUMNS);

    for (int from = 0; from < ROWS; from++) {
      for (int count = 1; count <= ROWS - from; count++) {
        ScaledTensor part = whole.rows(from, count);
        assertThat(part.values().shape().dim(0)).isEqualTo(count);
        for (int i = 0; i < count; i++) {
          assertThat(row(part, i)).containsExactly(row(whole, from + i));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"BF16,12,1", "F32,12,1", "F8_E4M3,12,1", "F8_E4M3,20,1", "I8,20,1", "U8,20,2"})
  void any_columns_have_the_numbers_of_the_whole(DType dtype, int columns, int step) {
    ScaledTensor whole = weight(dtype, columns);

    for (int from = 0; from < columns; from += step) {
      for (int count = step; count <= columns - from; count += step) {
        ScaledTensor part = whole.columns(from, count);
        assertThat(part.columns()).isEqualTo(count);
        for (int i = 0; i < ROWS; i++) {
          assertThat(row(part, i))
              .containsExactly(Arrays.copyOfRange(row(whole, i), from, from + count));
        }
      }
    }
  }

  @Test
  void the_scales_of_columns_divide_what_is_cut_whatever_comes_first() {
    ScaledTensor whole = weight(DType.F8_E4M3, 24);

    for (int from = 0; from < 24; from += 12) {
      assertThat(whole.columns(from, 12).scales())
          .isInstanceOfSatisfying(
              WeightScales.Blocks.class, blocks -> assertThat(blocks.columns()).isEqualTo(4));
    }
    assertThat(whole.columns(0, 24)).isSameAs(whole);
  }

  @Test
  void columns_are_gathered_by_runs_that_begin_anywhere() {
    ScaledTensor whole = weight(DType.BF16, COLUMNS);
    StoredTensor part = whole.columns(3, 5).values();
    byte[] all = new byte[(int) part.byteSize()];
    part.bytes(0, all.length).get(all);

    for (int from = 0; from < all.length; from += 7) {
      byte[] some = new byte[Math.min(23, all.length - from)];
      part.bytes(from, some.length).get(some);
      assertThat(some).containsExactly(Arrays.copyOfRange(all, from, from + some.length));
    }
    assertThat(part.columns())
        .hasValueSatisfying(
            columns -> {
              assertThat(columns.whole()).isSameAs(whole.values());
              assertThat(columns.from()).isEqualTo(6);
            });
  }

  @Test
  void two_numbers_in_a_byte_are_not_parted() {
    ScaledTensor whole = weight(DType.U8, COLUMNS);

    assertThatThrownBy(() -> whole.columns(3, 4))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("x.weight", "two numbers in a byte", "ranks");
    assertThatThrownBy(() -> whole.columns(2, 3)).isInstanceOf(CheckpointException.class);
  }

  @ParameterizedTest
  @CsvSource({"-1,1", "0,0", "0,13", "12,1", "9223372036854775807,2"})
  void what_leaves_the_weight_is_refused(long from, long count) {
    ScaledTensor whole = weight(DType.BF16, COLUMNS);

    assertThatThrownBy(() -> whole.columns(from, count)).isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> whole.rows(from, count)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void numbers_of_a_vector_are_its_rows() {
    SafetensorsBytes bytes = new SafetensorsBytes();
    bytes.floats("b", new long[] {4}, 1, 2, 3, 4);
    TensorSource source = SafetensorsFile.open(bytes.write(folder.resolve("w")));
    ScaledTensor whole = new ScaledTensor(source.require("b"), WeightScales.none());

    assertThat(whole.rows(1, 2).values().toFloats()).containsExactly(2, 3);
    assertThatThrownBy(() -> whole.columns(1, 2)).isInstanceOf(CheckpointException.class);
  }
}
