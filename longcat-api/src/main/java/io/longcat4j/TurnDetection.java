package io.longcat4j;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * When somebody begins to speak, and when they have said what they wanted to say. Times count in
 * samples of the sound, not by a clock. Immutable.
 *
 * @param threshold probability of {@link VoiceActivity} from which on somebody speaks, above 0 and
 *     up to 1
 * @param release probability below which they do not any more, at least 0 and at most the
 *     threshold; between the two all stays as it is
 * @param leastSpeech how long somebody must speak to be listened to, or to interrupt: shorter
 *     sounds, such as a cough, are none. At least 0
 * @param silence how long they must be silent for their turn to be over; more than 0
 * @param padding sound before the detected beginning that is heard as well, so that no first
 *     consonant is lost; at least 0 and at most 2 s
 * @param speculateAfter silence after which the reply is begun, unheard, in case the turn is over;
 *     it is thrown away when the person goes on. More than 0 and less than {@code silence}; empty
 *     to wait
 */
public record TurnDetection(
    double threshold,
    double release,
    Duration leastSpeech,
    Duration silence,
    Duration padding,
    Optional<Duration> speculateAfter) {
  private static final Duration LONGEST_PADDING = Duration.ofSeconds(2);
  private static final TurnDetection NORMAL =
      new TurnDetection(
          0.5,
          0.35,
          Duration.ofMillis(250),
          Duration.ofMillis(600),
          Duration.ofMillis(300),
          Optional.of(Duration.ofMillis(200)));

  /** Checks the components. */
  public TurnDetection {
    Objects.requireNonNull(leastSpeech, "leastSpeech");
    Objects.requireNonNull(silence, "silence");
    Objects.requireNonNull(padding, "padding");
    Objects.requireNonNull(speculateAfter, "speculateAfter");
    require(
        threshold > 0 && threshold <= 1,
        "threshold is " + threshold + "; pass a probability above 0, such as 0.5");
    require(
        release >= 0 && release <= threshold,
        "release is " + release + "; pass 0 up to the threshold of " + threshold);
    require(!leastSpeech.isNegative(), "leastSpeech is " + leastSpeech + "; pass at least 0");
    require(
        !silence.isNegative() && !silence.isZero(),
        "silence is " + silence + "; pass how long a pause ends a turn, such as 600 ms");
    require(
        !padding.isNegative() && padding.compareTo(LONGEST_PADDING) <= 0,
        "padding is " + padding + "; pass 0 to 2 s");
    if (speculateAfter.isPresent()) {
      Duration after = speculateAfter.get();
      require(
          !after.isNegative() && !after.isZero() && after.compareTo(silence) < 0,
          "speculateAfter is " + after + "; pass more than 0 and less than silence, " + silence);
    }
  }

  /**
   * A pause of 600 ms ends a turn; a reply is begun after 200 ms.
   *
   * @return the defaults
   */
  public static TurnDetection normal() {
    return NORMAL;
  }

  /**
   * A pause of 300 ms ends a turn, for quick exchanges: whoever thinks while speaking is cut off
   * more often.
   *
   * @return the defaults with shorter pauses; a reply is begun after 100 ms
   */
  public static TurnDetection eager() {
    return NORMAL.withSpeculateAfter(Duration.ofMillis(100)).withSilence(Duration.ofMillis(300));
  }

  /**
   * A pause of 1,000 ms ends a turn, for people who think while they speak.
   *
   * @return the defaults with longer pauses
   */
  public static TurnDetection patient() {
    return NORMAL.withSilence(Duration.ofSeconds(1));
  }

  /**
   * The same with other probabilities.
   *
   * @param speaking from which on somebody speaks
   * @param silent below which they do not any more
   * @return a new value
   */
  public TurnDetection withThreshold(double speaking, double silent) {
    return new TurnDetection(speaking, silent, leastSpeech, silence, padding, speculateAfter);
  }

  /**
   * The same with another least length of speech.
   *
   * @param time at least 0
   * @return a new value
   */
  public TurnDetection withLeastSpeech(Duration time) {
    return new TurnDetection(threshold, release, time, silence, padding, speculateAfter);
  }

  /**
   * The same with another pause that ends a turn. A speculation that would come later is left out.
   *
   * @param time more than 0
   * @return a new value
   */
  public TurnDetection withSilence(Duration time) {
    return new TurnDetection(
        threshold,
        release,
        leastSpeech,
        time,
        padding,
        speculateAfter.filter(after -> after.compareTo(time) < 0));
  }

  /**
   * The same with more or less sound before the beginning.
   *
   * @param time 0 to 2 s
   * @return a new value
   */
  public TurnDetection withPadding(Duration time) {
    return new TurnDetection(threshold, release, leastSpeech, silence, time, speculateAfter);
  }

  /**
   * The same, with a reply that is begun after so much silence.
   *
   * @param time more than 0 and less than {@link #silence()}
   * @return a new value
   */
  public TurnDetection withSpeculateAfter(Duration time) {
    return new TurnDetection(threshold, release, leastSpeech, silence, padding, Optional.of(time));
  }

  /**
   * The same, but a reply begins only when the turn is over. What was said is taken in after half
   * of the silence, so that no more of it is heard then.
   *
   * @return a new value
   */
  public TurnDetection withoutSpeculation() {
    return new TurnDetection(threshold, release, leastSpeech, silence, padding, Optional.empty());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new InvalidRequestException("The turn detection's " + otherwise);
    }
  }
}
