package io.longcat4j.audio;

import java.util.Arrays;

/**
 * Triangular filters, evenly spaced on the mel scale {@code 1127 ln(1 + f / 700)}. Immutable and
 * thread-safe.
 */
final class MelFilters {
  private static final double MEL_SCALE = 1127;
  private static final double HZ_SCALE = 700;

  private final int[] first;
  private final float[][] weights;

  MelFilters(PreprocessorConfig.FbankConfig config) {
    int bins = config.fftSize() / 2;
    float[] mels = melsOfBins((double) config.sampleRateHz() / config.fftSize(), bins);
    double low = mel(config.lowHz());
    double step = (mel(config.highHz()) - low) / (config.melBins() + 1);
    first = new int[config.melBins()];
    weights = new float[config.melBins()][];
    for (int filter = 0; filter < weights.length; filter++) {
      float left = (float) (low + filter * step);
      float centre = (float) (low + (filter + 1.0) * step);
      float right = (float) (low + (filter + 2.0) * step);
      keepSupport(filter, triangle(mels, left, centre, right));
    }
  }

  /** The energy that one filter sees in a power spectrum. */
  double energy(int filter, double[] power) {
    float[] weight = weights[filter];
    double sum = 0;
    for (int i = 0; i < weight.length; i++) {
      sum += weight[i] * power[first[filter] + i];
    }
    return sum;
  }

  private void keepSupport(int filter, float[] weight) {
    int from = 0;
    while (from < weight.length && weight[from] == 0) {
      from++;
    }
    int to = weight.length;
    while (to > from && weight[to - 1] == 0) {
      to--;
    }
    first[filter] = from;
    weights[filter] = Arrays.copyOfRange(weight, from, to);
  }

  private static float[] triangle(float[] mels, float left, float centre, float right) {
    float[] weight = new float[mels.length];
    for (int bin = 0; bin < mels.length; bin++) {
      float up = (mels[bin] - left) / (centre - left);
      float down = (right - mels[bin]) / (right - centre);
      weight[bin] = Math.max(0, Math.min(up, down));
    }
    return weight;
  }

  private static float[] melsOfBins(double binHz, int bins) {
    float[] mels = new float[bins];
    for (int bin = 0; bin < bins; bin++) {
      float ratio = 1 + (float) (binHz * bin) / (float) HZ_SCALE;
      mels[bin] = (float) MEL_SCALE * (float) Math.log(ratio);
    }
    return mels;
  }

  private static double mel(double hz) {
    return MEL_SCALE * Math.log(1 + hz / HZ_SCALE);
  }
}
