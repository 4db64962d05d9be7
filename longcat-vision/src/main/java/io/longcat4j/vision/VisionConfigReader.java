package io.longcat4j.vision;

import io.longcat4j.checkpoint.ConfigFile;
import java.util.List;

/**
 * Reads {@code vision/config.json}. Keys that may be absent take the defaults of the published
 * code; what this encoder cannot compute is refused by the key's name.
 */
final class VisionConfigReader {
  private final ConfigFile file;

  private VisionConfigReader(ConfigFile file) {
    this.file = file;
  }

  /**
   * Reads and checks a configuration.
   *
   * @param file the configuration
   * @return its values
   * @throws io.longcat4j.CheckpointException if a value is missing or cannot be used
   */
  static VisionConfig read(ConfigFile file) {
    return new VisionConfigReader(file).read();
  }

  private VisionConfig read() {
    refuseOtherArchitectures();
    int patchSize = positive("patch_size", 14);
    int minTokens = positive("min_tokens", 576);
    int maxTokens = positive("max_tokens", 16_384);
    VisionConfig config =
        new VisionConfig(
            fixedSize(patchSize),
            patchSize,
            positive("num_hidden_layers", 24),
            positive("num_attention_heads", 16),
            positive("hidden_size", 1024),
            positive("intermediate_size", 4224),
            file.booleanOr("patch_embedding_bias", true),
            file.booleanOr("qk_normalization", true),
            file.booleanOr("qkv_bias", false),
            positiveNumber("rope_theta", 10_000),
            spatialMergeSize(),
            positiveNumber("layer_norm_eps", 1e-6),
            minTokens,
            maxTokens,
            positive("min_tokens_video", minTokens),
            positive("max_tokens_video", maxTokens),
            positive("min_tokens_video_vit", minTokens),
            positive("max_tokens_video_vit", maxTokens),
            channels("image_mean", List.of(0.485, 0.456, 0.406)),
            positiveChannels("image_std", List.of(0.229, 0.224, 0.225)),
            positive("adaptor_dim", 7168),
            positive("resize_factor", 1));
    refuseUnevenHeads(config);
    return config;
  }

  private void refuseOtherArchitectures() {
    only("num_channels", positive("num_channels", 3), 3);
    only("temporal_patch_size", positive("temporal_patch_size", 2), 2);
    only("pe_type", file.stringOr("pe_type", "rope2d"), "rope2d");
    only("norm_type", file.stringOr("norm_type", "RMSNorm"), "RMSNorm");
    only("hidden_act", file.stringOr("hidden_act", "SwiGLU"), "SwiGLU");
    only("relarge_ratio", file.doubleOr("relarge_ratio", 1), 1.0);
  }

  private void refuseUnevenHeads(VisionConfig config) {
    int heads = config.numAttentionHeads();
    if (config.hiddenSize() % heads != 0 || config.headDim() % 4 != 0) {
      throw file.refuse(
          "hidden_size",
          "but " + heads + " heads (num_attention_heads) need a width of a multiple of 4 each");
    }
    if (config.mlpWidth() < 1) {
      throw file.refuse("intermediate_size", "expected at least 2");
    }
  }

  private int fixedSize(int patchSize) {
    String mode = file.stringOr("resolution_mode", "native");
    return switch (mode) {
      case "native" -> 0;
      case "224", "378", "756" -> evenGrid(Integer.parseInt(mode), patchSize);
      default -> throw file.refuse("resolution_mode", "expected native, 224 or 756");
    };
  }

  private int evenGrid(int side, int patchSize) {
    if (side % (2 * patchSize) != 0) {
      throw file.refuse(
          "resolution_mode",
          "but the encoder needs whole pairs of patches of " + patchSize + " pixels side by side");
    }
    return side;
  }

  private int spatialMergeSize() {
    int size = positive("spatial_merge_size", 1);
    if (size > 2) {
      throw file.refuse("spatial_merge_size", "expected 1 or 2");
    }
    return size;
  }

  private <T> void only(String key, T value, T expected) {
    if (!value.equals(expected)) {
      throw file.refuse(key, "but this encoder knows only " + expected);
    }
  }

  private int positive(String key, int absent) {
    int value = file.intOr(key, absent);
    if (value < 1) {
      throw file.refuse(key, "expected at least 1");
    }
    return value;
  }

  private double positiveNumber(String key, double absent) {
    double value = file.doubleOr(key, absent);
    if (value <= 0) {
      throw file.refuse(key, "expected a number above 0");
    }
    return value;
  }

  private List<Double> channels(String key, List<Double> absent) {
    List<Double> values = file.has(key) ? file.requireDoubles(key) : absent;
    if (values.size() != absent.size()) {
      throw file.refuse(key, "expected " + absent.size() + " numbers, one for each channel");
    }
    return values;
  }

  private List<Double> positiveChannels(String key, List<Double> absent) {
    List<Double> values = channels(key, absent);
    if (values.stream().anyMatch(value -> value <= 0)) {
      throw file.refuse(key, "expected numbers above 0");
    }
    return values;
  }
}
