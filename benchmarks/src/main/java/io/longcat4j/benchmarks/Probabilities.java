package io.longcat4j.benchmarks;

import io.longcat4j.VoiceActivity;
import io.longcat4j.media.LiveResampler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * What a detector said to a sound, window by window.
 *
 * @param values one for each window; not to be changed
 * @param sound at the rate it was given; not to be changed
 * @param rateHz at which the sound was given
 * @param windowSamples at that rate
 * @param trailingSamples at that rate
 * @param samples of the sound at {@link SpeechFiles#RATE_HZ}
 * @param processorNanos what it cost
 */
record Probabilities(
    double[] values,
    float[] sound,
    int rateHz,
    int windowSamples,
    int trailingSamples,
    int samples,
    long processorNanos) {

  /**
   * Listens.
   *
   * @param factory opens a detector
   * @param sound at {@link SpeechFiles#RATE_HZ}
   * @param rateHz rate at which it is given to the detector
   */
  static Probabilities of(VoiceActivity.Factory factory, float[] sound, int rateHz) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    float[] samples = resampled(sound, rateHz);
    try (VoiceActivity activity = factory.open(rateHz)) {
      int size = activity.windowSamples();
      double[] values = new double[samples.length / size];
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < values.length; i++) {
        values[i] = activity.probability(Arrays.copyOfRange(samples, i * size, (i + 1) * size));
      }
      long nanos = threads.getCurrentThreadCpuTime() - before;
      return new Probabilities(
          values, samples, rateHz, size, activity.trailingSamples(), sound.length, nanos);
    }
  }

  double seconds() {
    return (double) samples / SpeechFiles.RATE_HZ;
  }

  private static float[] resampled(float[] sound, int rateHz) {
    if (rateHz == SpeechFiles.RATE_HZ) {
      return sound;
    }
    try (LiveResampler resampler = LiveResampler.open(SpeechFiles.RATE_HZ, rateHz)) {
      float[] begin = resampler.push(sound);
      float[] end = resampler.finish();
      float[] all = Arrays.copyOf(begin, begin.length + end.length);
      System.arraycopy(end, 0, all, begin.length, end.length);
      return all;
    }
  }
}
