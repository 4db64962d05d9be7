package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;
import io.longcat4j.tensor.DType;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScaledTensorTest {
  private static final Optional<BlockSize> BLOCK = Optional.of(new BlockSize(2, 3));

  @TempDir Path folder;
  private Optional<IntegerGroups> groups = Optional.empty();
  private final SafetensorsBytes bytes = new SafetensorsBytes();

  private ScaledTensor find(Optional<BlockSize> block) {
    TensorSource source = SafetensorsFile.open(bytes.write(folder.resolve("w")));
    return ScaledTensor.find(source, "x.weight", block, groups);
  }

  private void refused(Optional<BlockSize> block, String... parts) {
    assertThatThrownBy(() -> find(block))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(parts);
  }

  private void weight(DType dtype) {
    bytes.tensor("x.weight", dtype, new long[] {5, 4}, new byte[20 * dtype.bytes()]);
  }

  @Test
  void edge_blocks_may_be_partial() {
    weight(DType.F8_E4M3);
    bytes.floats("x.weight_scale_inv", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);

    ScaledTensor found = find(BLOCK);

    assertThat(found.scales())
        .isInstanceOfSatisfying(
            WeightScales.Blocks.class,
            blocks -> {
              assertThat(blocks.rows()).isEqualTo(2);
              assertThat(blocks.columns()).isEqualTo(3);
              assertThat(blocks.factors().toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
            });
  }

  @Test
  void a_weight_without_scales_is_plain() {
    weight(DType.BF16);

    assertThat(find(BLOCK).scales()).isEqualTo(WeightScales.none());
  }

  @Test
  void fp8_without_scales_is_refused() {
    weight(DType.F8_E4M3);

    refused(BLOCK, "x.weight", "F8_E4M3", "x.weight_scale_inv is missing");
  }

  @Test
  void scales_of_another_shape_are_refused() {
    weight(DType.F8_E4M3);
    bytes.floats("x.weight_scale_inv", new long[] {2, 3}, 1, 2, 3, 4, 5, 6);

    refused(BLOCK, "x.weight_scale_inv", "[2, 3]", "[3, 2]");
  }

  @Test
  void scales_of_another_dtype_are_refused() {
    weight(DType.F8_E4M3);
    bytes.tensor("x.weight_scale_inv", DType.I32, new long[] {3, 2}, new byte[24]);

    refused(BLOCK, "x.weight_scale_inv", "I32", "must be F32");
  }

  @Test
  void scales_may_be_bytes_that_are_powers_of_two() {
    byte[] ones = new byte[20];
    java.util.Arrays.fill(ones, (byte) 0x38);
    bytes.tensor("x.weight", DType.F8_E4M3, new long[] {5, 4}, ones);
    bytes.tensor(
        "x.weight_scale_inv", DType.F8_E8M0, new long[] {3, 2}, new byte[] {127, 0, 1, 2, 3, -2});

    assertThat(row(find(BLOCK), 0)).containsExactly(1, 1, 1, 0x1p-127f);
    assertThat(row(find(BLOCK), 4)).containsExactly(0x1p-124f, 0x1p-124f, 0x1p-124f, 0x1p127f);
  }

  private static float[] row(ScaledTensor weight, long row) {
    float[] values = new float[4];
    weight.readRow(row, values);
    return values;
  }

  @Test
  void scales_beside_an_unquantised_weight_are_refused() {
    weight(DType.BF16);
    bytes.floats("x.weight_scale_inv", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);

    refused(BLOCK, "x.weight", "BF16", "must be a matrix of F8_E4M3");
  }

  @Test
  void scales_without_a_configured_block_size_are_refused() {
    weight(DType.F8_E4M3);
    bytes.floats("x.weight_scale_inv", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);

    refused(Optional.empty(), "x.weight", "no quantization_config");
  }

  private void integers(DType dtype, long... dims) {
    byte[] codes = new byte[(int) (dims[0] * dims[1])];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 37);
    }
    bytes.tensor("x.weight", dtype, dims, codes);
  }

  private void factors(long... dims) {
    byte[] ones = new byte[(int) (2 * dims[0] * dims[1])];
    for (int i = 0; i < ones.length; i += 2) {
      ones[i] = (byte) 0x80;
      ones[i + 1] = (byte) (i % 4 == 0 ? 0x3f : 0x40);
    }
    bytes.tensor("x.weight_scale", DType.BF16, dims, ones);
  }

  @Test
  void integers_are_read_with_the_factors_of_their_groups() {
    integers(DType.I8, 2, 3);
    factors(2, 2);
    groups = Optional.of(new IntegerGroups(8, 2));

    ScaledTensor found = find(Optional.empty()).requireShape(2, 3);

    float[] row = new float[3];
    found.readRow(1, row);
    assertThat(row).containsExactly(111, -108, -71 * 4);
    assertThat(found.byteSize()).isEqualTo(6 + 8);
    assertThatThrownBy(() -> found.requireShape(3, 2)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void two_numbers_share_a_byte_and_the_last_half_may_be_unused() {
    integers(DType.U8, 2, 2);
    factors(2, 2);
    groups = Optional.of(new IntegerGroups(4, 2));

    ScaledTensor found = find(Optional.empty());
    ScaledTensor odd = found.requireShape(2, 3);

    float[] row = new float[3];
    odd.readRow(1, row);
    assertThat(row).containsExactly(0xa - 8, 4 - 8, (0xf - 8) * 4);
    assertThat(odd.columns()).isEqualTo(3);
    assertThat(found.columns()).isEqualTo(4);
    assertThat(found.requireShape(2, 4).columns()).isEqualTo(4);
    assertThatThrownBy(() -> found.requireShape(2, 5)).isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> found.requireShape(2, 2)).isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> found.requireShape(4)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void integers_that_contradict_the_configuration_are_refused() {
    integers(DType.U8, 2, 2);
    refused(Optional.empty(), "x.weight", "x.weight_scale is missing");
    factors(2, 2);
    refused(Optional.empty(), "x.weight", "no quantization_config of longcat4j");
    groups = Optional.of(new IntegerGroups(8, 2));
    refused(Optional.empty(), "x.weight", "8 bits", "I8");
    groups = Optional.of(new IntegerGroups(4, 4));
    refused(Optional.empty(), "x.weight_scale", "[2, 2]", "[2, 1]");
  }

  @Test
  void factors_of_another_dtype_are_refused() {
    integers(DType.I8, 2, 3);
    bytes.floats("x.weight_scale", new long[] {2, 1}, 1, 2);
    groups = Optional.of(new IntegerGroups(8, 3));

    refused(Optional.empty(), "x.weight_scale", "F32", "must be BF16");
  }
}
