package io.longcat4j.audio;

import java.util.Arrays;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * Logarithms of mel filter energies. Frames are not centred: sound shorter than one window has
 * none. Immutable and thread-safe.
 */
final class Fbank {
  /** What the audio encoder takes samples times. */
  private static final float FULL_SCALE = 32768;

  private static final double WINDOW_POWER = 0.85;

  /** The spacing of F32 at 1. */
  private static final float FLOOR = 0x1p-23f;

  private final PreprocessorConfig.FbankConfig config;
  private final float fullScale;
  private final float[] window;
  private final MelFilters filters;

  Fbank(PreprocessorConfig.FbankConfig config) {
    this(config, FULL_SCALE);
  }

  Fbank(PreprocessorConfig.FbankConfig config, float fullScale) {
    this.config = config;
    this.fullScale = fullScale;
    this.window = hannToThePower(config.windowSamples());
    this.filters = new MelFilters(config);
  }

  int frames(int samples) {
    return samples < config.windowSamples()
        ? 0
        : 1 + (samples - config.windowSamples()) / config.shiftSamples();
  }

  Frames of(float[] samples) {
    int count = frames(samples.length);
    float[] out = new float[Math.multiplyExact(count, config.width())];
    double[][] spectrum = new double[2][config.fftSize()];
    double[] power = new double[config.fftSize() / 2];
    for (int frame = 0; frame < count; frame++) {
      windowed(samples, frame * config.shiftSamples(), spectrum);
      FastFourierTransformer.transformInPlace(
          spectrum, DftNormalization.STANDARD, TransformType.FORWARD);
      for (int bin = 0; bin < power.length; bin++) {
        power[bin] = spectrum[0][bin] * spectrum[0][bin] + spectrum[1][bin] * spectrum[1][bin];
      }
      for (int filter = 0; filter < config.melBins(); filter++) {
        float energy = Math.max(FLOOR, (float) filters.energy(filter, power));
        out[frame * config.width() + filter] = (float) Math.log(energy);
      }
    }
    return new Frames(count, config.width(), out);
  }

  /** One frame with pre-emphasis and window, rounded as F32 arithmetic rounds it. */
  private void windowed(float[] samples, int from, double[][] spectrum) {
    float emphasis = (float) config.preemphasis();
    Arrays.fill(spectrum[0], 0);
    Arrays.fill(spectrum[1], 0);
    float before = samples[from] * fullScale;
    for (int i = 0; i < window.length; i++) {
      float sample = samples[from + i] * fullScale;
      spectrum[0][i] = (sample - emphasis * before) * window[i];
      before = sample;
    }
  }

  /** The symmetric Hann window, rounded after every step as F32 arithmetic rounds it. */
  private static float[] hannToThePower(int length) {
    float step = (float) (2 * Math.PI / (length - 1));
    float[] window = new float[length];
    for (int i = 0; i < length; i++) {
      float hann = 0.5f - 0.5f * (float) Math.cos(i * step);
      window[i] = (float) Math.pow(hann, WINDOW_POWER);
    }
    return window;
  }
}
