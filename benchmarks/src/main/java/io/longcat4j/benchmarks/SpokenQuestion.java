package io.longcat4j.benchmarks;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaSource;
import io.longcat4j.media.AudioFile;
import java.nio.file.Path;

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

  /** What is fainter than the loudest part by 40 dB is the silence around a question. */
  private static final double SILENCE = 1e-4;

  private static final int FRAME = LiveMicrophone.RATE_HZ / 200;

  static SpokenQuestion read(Path file) {
    return of(
        String.valueOf(file.getFileName()),
        AudioFile.decode(MediaSource.of(file), LiveMicrophone.RATE_HZ, LONGEST_SECONDS)
            .samples()
            .values());
  }

  static SpokenQuestion of(String name, float[] samples) {
    int frames = samples.length / FRAME;
    double[] powers = new double[frames];
    double loudest = 0;
    for (int i = 0; i < frames; i++) {
      for (int at = i * FRAME; at < (i + 1) * FRAME; at++) {
        powers[i] += samples[at] * samples[at];
      }
      loudest = Math.max(loudest, powers[i]);
    }
    if (loudest == 0) {
      throw new InvalidRequestException(name + " is silent; pass a question that is spoken");
    }
    int first = 0;
    while (powers[first] < SILENCE * loudest) {
      first++;
    }
    int last = frames - 1;
    while (powers[last] < SILENCE * loudest) {
      last--;
    }
    return new SpokenQuestion(name, samples, first * FRAME, (last + 1) * FRAME - 1);
  }
}
