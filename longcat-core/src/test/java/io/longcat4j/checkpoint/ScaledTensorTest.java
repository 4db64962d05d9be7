package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.tensor.DType;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScaledTensorTest {
  private static final Optional<BlockSize> BLOCK = Optional.of(new BlockSize(2, 3));

  @TempDir Path folder;
  private final SafetensorsBytes bytes = new SafetensorsBytes();

  private ScaledTensor find(Optional<BlockSize> block) {
    TensorSource source = SafetensorsFile.open(bytes.write(folder.resolve("w")));
    return ScaledTensor.find(source, "x.weight", block);
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

    assertThat(found.block()).isEqualTo(BLOCK);
    assertThat(found.scale().orElseThrow().toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void a_weight_without_scales_is_plain() {
    weight(DType.BF16);

    assertThat(find(BLOCK).scale()).isEmpty();
    assertThat(find(BLOCK).block()).isEmpty();
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
    bytes.tensor("x.weight_scale_inv", DType.BF16, new long[] {3, 2}, new byte[12]);

    refused(BLOCK, "x.weight_scale_inv", "BF16", "must be F32");
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
}
