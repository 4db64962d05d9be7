package io.longcat4j.engine;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.modality.Vision;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a live part is taken in with.
 *
 * @param ears a session of its own, or null
 * @param sampleRateHz of the ears
 * @param eyes shared, or null
 * @param longest bound of its time
 */
record Senses(
    @Nullable HearingSession ears, int sampleRateHz, @Nullable Vision eyes, Duration longest) {
  private static final Duration HEARD = Duration.ofSeconds(Hearing.MAX_SECONDS);

  static Senses hearing(Modalities modalities, int sampleRateHz) {
    return new Senses(modalities.hearing().open(sampleRateHz), sampleRateHz, null, HEARD);
  }

  static Senses seeing(Modalities modalities, Duration longest) {
    requirePositive(longest);
    return new Senses(null, 0, modalities.vision(), longest);
  }

  static Senses both(Modalities modalities, int sampleRateHz, Duration longest) {
    requirePositive(longest);
    if (longest.compareTo(HEARD) > 0) {
      throw new InvalidRequestException(
          "A live part of up to "
              + longest.toSeconds()
              + " s was announced, but at most "
              + Hearing.MAX_SECONDS
              + " s of sound are heard; announce less");
    }
    Vision eyes = modalities.vision();
    return new Senses(modalities.hearing().open(sampleRateHz), sampleRateHz, eyes, longest);
  }

  private static void requirePositive(Duration longest) {
    if (longest.isNegative() || longest.isZero()) {
      throw new InvalidRequestException(
          "A live part of " + longest + " was announced; pass how long it may last");
    }
  }

  /** The same with ears that go on from here by themselves. */
  Senses fork() {
    return new Senses(ears == null ? null : ears.fork(), sampleRateHz, eyes, longest);
  }

  double seconds() {
    return seconds(longest);
  }

  static double seconds(Duration time) {
    return time.getSeconds() + time.getNano() / 1e9;
  }
}
