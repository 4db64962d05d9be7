package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedTensorsTest {
  private static final ModelSizes SIZES = ModelSizes.tinyLayer();
  private static final String GATE = "model.layers.0.mlp.experts.0.gate_proj.weight";

  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void outputs_are_of_the_size_of_inputs_in_every_format(WeightFormat format) {
    TensorSource weights = new GeneratedTensors(SIZES, format);
    StoredTensor gate = weights.require(GATE);
    String scales =
        switch (format) {
          case BF16 -> "";
          case FP8 -> TensorPlan.SCALE;
          case INT8, INT4 -> TensorPlan.GROUP_SCALE;
        };
    double scale = scales.isEmpty() ? 1 : mean(weights.require(GATE + scales).toFloats());
    double squares =
        format == WeightFormat.INT4
            ? Math.pow(RandomNumbers.INT4_DEVIATION, 2)
            : meanOfSquares(gate.toFloats());
    assertThat(squares * scale * scale * SIZES.hidden()).isCloseTo(1, within(0.3));
  }

  @Test
  void all_tensors_of_a_checkpoint_are_there_and_no_others() {
    TensorSource weights = new GeneratedTensors(SIZES, WeightFormat.FP8);
    assertThat(weights.names())
        .containsExactlyElementsOf(
            TensorPlan.of(SIZES, WeightFormat.FP8, false).stream()
                .map(tensor -> tensor.name())
                .toList());
    assertThatThrownBy(() -> weights.require("other"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("other");
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double meanOfSquares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum / values.length;
  }
}
