package io.longcat4j.audio;

import io.longcat4j.checkpoint.ConfigFile;
import java.util.Locale;

/**
 * Sizes of the audio encoder, from {@code audio/config.json}. Names follow its keys.
 *
 * @param inputSize width of a feature vector
 * @param hiddenSize width inside feed-forward networks and of the last layers
 * @param projSize width of the residual stream
 * @param nlayer memory layers
 * @param ndnn layers after them, possibly none
 * @param numRightLayers how many of the memory layers, the last ones, see the future
 * @param leftOrder past frames that a memory layer sees
 * @param rightOrder future frames that one of the last memory layers sees
 * @param stride frames between those, for past and future alike
 * @param activation the non-linearity
 */
record AudioEncoderConfig(
    int inputSize,
    int hiddenSize,
    int projSize,
    int nlayer,
    int ndnn,
    int numRightLayers,
    int leftOrder,
    int rightOrder,
    int stride,
    Activation activation) {

  /** A bounded rectifier. */
  enum Activation {
    RELU6(6),
    RELU2(2),
    RELU(Float.POSITIVE_INFINITY);

    private final float bound;

    Activation(float bound) {
      this.bound = bound;
    }

    float bound() {
      return bound;
    }
  }

  static AudioEncoderConfig of(ConfigFile config) {
    // The published encoder takes left_stride for both sides and never reads right_stride.
    return new AudioEncoderConfig(
        within(config, "input_size", 1200, 1),
        within(config, "hidden_size", 6144, 1),
        within(config, "proj_size", 1536, 1),
        within(config, "nlayer", 22, 0),
        within(config, "ndnn", 2, 0),
        within(config, "num_right_layers", 6, 0),
        within(config, "left_order", 10, 0),
        within(config, "right_order", 1, 0),
        within(config, "left_stride", 1, 1),
        activation(config));
  }

  /** Width of what the encoder gives. */
  int outputSize() {
    return ndnn == 0 ? projSize : hiddenSize;
  }

  /** Future frames that one layer sees. */
  int rightOrder(int layer) {
    return layer < nlayer - numRightLayers ? 0 : rightOrder;
  }

  /** Future frames that all layers together see. */
  int lookAhead() {
    int frames = 0;
    for (int layer = 0; layer < nlayer; layer++) {
      frames += rightOrder(layer) * stride;
    }
    return frames;
  }

  private static Activation activation(ConfigFile config) {
    String name = config.stringOr("activation", "relu6");
    try {
      return Activation.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw config.refuse("activation", "the encoder knows relu6, relu2 and relu");
    }
  }

  private static int within(ConfigFile config, String key, int absent, int atLeast) {
    int value = config.intOr(key, absent);
    if (value < atLeast || value > 1 << 20) {
      throw config.refuse(key, "it must be " + atLeast + " to " + (1 << 20));
    }
    return value;
  }
}
