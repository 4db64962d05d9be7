package io.longcat4j.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ModelConfigReader;
import io.longcat4j.engine.WeightSize;
import java.util.List;
import java.util.Map;

/**
 * The published language model's sizes, for plans on paper: no checkpoint is needed. Without
 * encoders, voice, speech heads and multi-token prediction.
 */
public final class PublishedModel {
  private PublishedModel() {}

  /**
   * Its configuration.
   *
   * @param format how its matrices are stored
   * @return as {@code config.json} would be read
   */
  public static ModelConfig config(WeightFormat format) {
    Map<String, Object> values =
        JsonMapper.builder()
            .build()
            .convertValue(
                ModelSizes.published().config(format), new TypeReference<Map<String, Object>>() {});
    return ModelConfigReader.read(ConfigFile.of("config.json", values), warning -> {});
  }

  /**
   * Its tensors.
   *
   * @param format how its matrices are stored
   * @return weights and their scales
   */
  public static List<WeightSize> weights(WeightFormat format) {
    return TensorPlan.of(ModelSizes.published(), format, /* prediction= */ false).stream()
        .map(tensor -> new WeightSize(tensor.name(), tensor.byteSize()))
        .toList();
  }
}
