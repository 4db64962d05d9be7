package io.longcat4j.benchmarks;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaSource;
import io.longcat4j.media.AudioFile;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A question as somebody says it.
 *
 * @param name of its file
 * @param samples at {@link LiveMicrophone#RATE_HZ}; not to be changed
 * @param first sample at which somebody speaks
 * @param last sample at which somebody speaks
 */
record SpokenQuestion(String name, float[] samples, int first, int last) {
  private static final double LONGEST_SECONDS = 20;

  /** What is fainter than the loudest part by 40 dB is silence, however little noise there is. */
  private static final double FAINTEST = 1e-4;

  /** Noise is the quietest tenth of a sound, and speech louder than it by 6 dB. */
  private static final int NOISE_PART = 10;

  private static final double OVER_NOISE = 4;

  /** A sound may have no silence in it; this is 12 dB below the loudest speech. */
  private static final double LOUDEST_NOISE = 1.0 / 16;

  private static final int FRAME = LiveMicrophone.RATE_HZ / 50;

  static SpokenQuestion read(Path file) {
    return of(
        String.valueOf(file.getFileName()),
        AudioFile.decode(MediaSource.of(file), LiveMicrophone.RATE_HZ, LONGEST_SECONDS)
            .samples()
            .values());
  }

  static SpokenQuestion of(String name, float[] samples) {
    double[] powers = powers(samples);
    double[] sorted = powers.clone();
    Arrays.sort(sorted);
    if (sorted.length == 0 || sorted[sorted.length - 1] == 0) {
      throw new InvalidRequestException(name + " is silent; pass a question that is spoken");
    }
    double loudest = sorted[sorted.length - 1];
    double noise = sorted[sorted.length / NOISE_PART];
    double speech =
        Math.max(FAINTEST * loudest, Math.min(LOUDEST_NOISE * loudest, OVER_NOISE * noise));
    int first = 0;
    while (powers[first] < speech) {
      first++;
    }
    int last = powers.length - 1;
    while (powers[last] < speech) {
      last--;
    }
    return new SpokenQuestion(name, samples, first * FRAME, (last + 1) * FRAME - 1);
  }

  private static double[] powers(float[] samples) {
    double[] powers = new double[samples.length / FRAME];
    for (int i = 0; i < powers.length; i++) {
      for (int at = i * FRAME; at < (i + 1) * FRAME; at++) {
        powers[i] += samples[at] * samples[at];
      }
    }
    return powers;
  }
}
