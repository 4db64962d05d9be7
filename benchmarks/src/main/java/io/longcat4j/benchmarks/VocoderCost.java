package io.longcat4j.benchmarks;

import io.longcat4j.audio.CodecConfig;

/** The arithmetic of the codec decoder: multiplications and additions that its layers need. */
final class VocoderCost {
  private static final int FIRST_TAPS = 7;
  private static final int RESIDUAL_UNITS = 3;
  private static final int RESIDUAL_TAPS = 7 + 1;
  private static final int LAST_TAPS = 7;
  private static final int RECURRENT_LAYERS = 2;

  private VocoderCost() {}

  /** Operations for one frame, two for each weight that a step meets. */
  static double flopsPerFrame(CodecConfig config) {
    double width = config.memoryDim();
    double products = RECURRENT_LAYERS * 2 * 4 * width * width;
    products += width * config.channels(0) * FIRST_TAPS;
    double steps = 1;
    int blocks = config.ratios().size();
    for (int block = 0; block < blocks; block++) {
      double in = config.channels(block);
      double out = config.channels(block + 1);
      int ratio = config.ratios().get(block);
      double taps = config.type() == CodecConfig.Type.CAUSAL_24K ? ratio : 2.0 * ratio;
      products += steps * in * out * taps;
      steps *= ratio;
      products += steps * RESIDUAL_UNITS * out * out * RESIDUAL_TAPS;
    }
    products += steps * config.channels(blocks) * LAST_TAPS;
    return 2 * products;
  }
}
