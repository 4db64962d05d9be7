package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ModelConfig.YarnScaling;
import io.longcat4j.compute.Rotary;

/** Rotary frequencies of a configuration, YaRN included (Peng et al. 2023, section 3). */
final class RotaryTable {
  private RotaryTable() {}

  static Rotary of(ModelConfig config) {
    int dim = config.qkRopeHeadDim();
    double[] frequencies = new double[dim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(config.ropeTheta(), -2.0 * i / dim);
    }
    if (config.ropeScaling().isEmpty()) {
      return new Rotary(frequencies, 1.0);
    }
    YarnScaling yarn = config.ropeScaling().get();
    stretch(frequencies, yarn, dim, config.ropeTheta());
    double magnitude =
        magnitude(yarn.factor(), yarn.mscale()) / magnitude(yarn.factor(), yarn.mscaleAllDim());
    return new Rotary(frequencies, magnitude);
  }

  /** Factor of the attention scores: {@code 1 / sqrt(nope + rope)}, corrected under YaRN. */
  static float scoreScale(ModelConfig config) {
    double scale = 1 / Math.sqrt(config.qkNopeHeadDim() + config.qkRopeHeadDim());
    if (config.ropeScaling().isPresent()) {
      YarnScaling yarn = config.ropeScaling().get();
      double correction = magnitude(yarn.factor(), yarn.mscaleAllDim());
      scale *= correction * correction;
    }
    return (float) scale;
  }

  private static void stretch(double[] frequencies, YarnScaling yarn, int dim, double theta) {
    double low = Math.max(0, Math.floor(pairAt(yarn.betaFast(), yarn, dim, theta)));
    double high = Math.min(dim - 1, Math.ceil(pairAt(yarn.betaSlow(), yarn, dim, theta)));
    double width = high == low ? 0.001 : high - low;
    for (int i = 0; i < frequencies.length; i++) {
      double interpolated = Math.min(1, Math.max(0, (i - low) / width));
      frequencies[i] *= interpolated / yarn.factor() + 1 - interpolated;
    }
  }

  /** The pair that turns {@code rotations} times over the trained context. */
  private static double pairAt(double rotations, YarnScaling yarn, int dim, double theta) {
    return dim
        * Math.log(yarn.originalMaxPositionEmbeddings() / (rotations * 2 * Math.PI))
        / (2 * Math.log(theta));
  }

  private static double magnitude(double factor, double mscale) {
    return factor <= 1 || mscale == 0 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
  }
}
