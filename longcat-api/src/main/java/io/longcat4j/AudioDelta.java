package io.longcat4j;

import java.time.Duration;
import java.util.Objects;

/**
 * The next sound of a reply. All of them together are {@link Reply#speech()}.
 *
 * <p>The model writes a stretch of text and speaks it while it writes and afterwards; it does not
 * tell which sample belongs to which letter. A delta therefore names the stretch: its sound speaks
 * somewhere of {@code text.substring(textStart, textEnd)}, where {@code text} is all {@link
 * TextDelta}s so far.
 *
 * @param samples one channel between -1 and 1, at least one sample
 * @param firstSample samples of the reply before these
 * @param textStart where the stretch begins, in characters (Java {@code char}s) of the reply
 * @param textEnd where the stretch ended when the model made this sound, exclusive
 */
public record AudioDelta(Samples samples, long firstSample, int textStart, int textEnd)
    implements Event, SessionEvent {
  /** Checks the components. */
  public AudioDelta {
    Objects.requireNonNull(samples, "samples");
    if (firstSample < 0 || textStart < 0 || textEnd < textStart) {
      throw new IllegalArgumentException(
          "sample "
              + firstSample
              + " with text from "
              + textStart
              + " to "
              + textEnd
              + " is no place in a reply");
    }
  }

  /**
   * Samples a second.
   *
   * @return 24000 or 16000 for the published codecs
   */
  public int sampleRateHz() {
    return samples.sampleRateHz();
  }

  /**
   * How long the sound lasts.
   *
   * @return seconds
   */
  public double durationSeconds() {
    return new Speech(samples).durationSeconds();
  }

  /**
   * The samples as 16-bit numbers, little-endian, rounded to nearest and clipped.
   *
   * @return two bytes a sample
   */
  public byte[] toPcm16() {
    return new Speech(samples).toPcm16();
  }

  /**
   * When the first of the samples is heard by someone who has listened from the beginning without a
   * pause.
   *
   * @return from the beginning of the reply's sound
   */
  public Duration start() {
    return Duration.ofNanos(Math.round(firstSample * 1e9 / samples.sampleRateHz()));
  }
}
