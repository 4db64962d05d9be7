package io.longcat4j.session;

import io.longcat4j.LongCatException;
import io.longcat4j.TurnDetection;
import io.longcat4j.VoiceActivity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From the probabilities of a {@link VoiceActivity} to beginnings and ends of speech: hysteresis
 * over windows. Time is counted in samples from the first window on; the same probabilities and the
 * same sound give the same changes, in whatever pieces it comes. Not thread-safe.
 *
 * <p>What it {@linkplain #hear hears} of the sound itself places the end of speech within a window,
 * and has silence end a turn, or begin a reply, at the sample and not with the window: unless that
 * window has become loud so far, which it shall tell itself. Where speech is not louder than what
 * follows, or nothing is heard, windows decide alone.
 *
 * <table>
 * <caption>What a window does</caption>
 * <tr><th>state</th><th>from the threshold on</th><th>between</th><th>below release</th></tr>
 * <tr><td>silent</td><td>{@code Candidate}, becomes candidate</td><td>-</td><td>-</td></tr>
 * <tr><td>candidate</td><td>{@code Began} once least speech has passed, becomes speaking</td>
 *     <td>-</td><td>{@code FalseStart} when it lasts, becomes silent</td></tr>
 * <tr><td>speaking</td><td>-</td><td>-</td><td>{@code Paused}, becomes paused</td></tr>
 * <tr><td>paused</td><td>{@code WentOn}, becomes speaking</td>
 *     <td colspan="2">{@code Lasted} once a reply may begin, {@code Ended} once the silence has
 *     passed, becomes silent</td></tr>
 * </table>
 */
public final class SpeechDetector {
  /** So long the closure of a plosive takes, which is silent within a word. */
  private static final Duration CLOSURE = Duration.ofMillis(64);

  /** What a window has changed. */
  public sealed interface Change {
    /**
     * Where in the sound.
     *
     * @return samples since the first window, or since {@link SpeechDetector#reset}
     */
    long atSample();
  }

  /**
   * Somebody may have begun to speak.
   *
   * @param atSample the estimated beginning
   */
  public record Candidate(long atSample) implements Change {}

  /**
   * They have not: it was over before it was speech.
   *
   * @param atSample where it fell silent
   */
  public record FalseStart(long atSample) implements Change {}

  /**
   * Somebody speaks.
   *
   * @param atSample the estimated beginning, that of the candidate
   */
  public record Began(long atSample) implements Change {}

  /**
   * They are silent, perhaps for a moment.
   *
   * @param atSample the estimated end of speech
   */
  public record Paused(long atSample) implements Change {}

  /**
   * They have been silent for so long that a reply may be begun.
   *
   * @param atSample the estimated end of speech, that of the pause
   */
  public record Lasted(long atSample) implements Change {}

  /**
   * They speak again after a pause.
   *
   * @param atSample the estimated beginning
   */
  public record WentOn(long atSample) implements Change {}

  /**
   * They have been silent for so long that their turn is over.
   *
   * @param atSample the estimated end of speech, that of the pause
   */
  public record Ended(long atSample) implements Change {}

  private enum State {
    SILENT,
    CANDIDATE,
    SPEAKING,
    PAUSED
  }

  private final int sampleRateHz;
  private final int windowSamples;
  private final int trailingSamples;
  private final Loudness loudness;
  private TurnDetection rules;
  private State state = State.SILENT;

  /** Samples of the windows so far. */
  private long heard;

  /** Samples of the next window that were heard so far. */
  private int ahead;

  /** Where the last stretch of speech began. */
  private long began;

  /** Where the silence in or after speech began, as far as it lasts. */
  private long quiet;

  /** How loud a frame is that is no silence; infinite where that is not known. */
  private double loud;

  private boolean lasted;
  private boolean dips;

  /**
   * Begins in silence.
   *
   * @param rules when speech begins and ends
   * @param sampleRateHz samples a second
   * @param windowSamples samples of a window
   * @param trailingSamples for how long windows after the last sound of speech are still taken for
   *     speech, see {@link VoiceActivity#trailingSamples()}
   */
  public SpeechDetector(
      TurnDetection rules, int sampleRateHz, int windowSamples, int trailingSamples) {
    if (sampleRateHz < 1 || windowSamples < 1 || trailingSamples < 0) {
      throw new IllegalArgumentException(
          "Windows of "
              + windowSamples
              + " samples at "
              + sampleRateHz
              + " Hz that trail by "
              + trailingSamples
              + " cannot be followed");
    }
    this.rules = rules;
    this.sampleRateHz = sampleRateHz;
    this.windowSamples = windowSamples;
    this.trailingSamples = trailingSamples;
    this.loudness = new Loudness(sampleRateHz);
  }

  /**
   * Begins in silence, for a detector that falls with the sound.
   *
   * @param rules when speech begins and ends
   * @param sampleRateHz samples a second
   * @param windowSamples samples of a window
   */
  public SpeechDetector(TurnDetection rules, int sampleRateHz, int windowSamples) {
    this(rules, sampleRateHz, windowSamples, 0);
  }

  /**
   * How much of the sound may be heard before something is decided.
   *
   * @return samples to {@link #hear}, to the end of the window or to less; 0 where a {@link
   *     #window} is complete
   */
  public int room() {
    int rest = windowSamples - ahead;
    if (isFollowed()) {
      long next = lasted ? Long.MAX_VALUE : quiet + until(rules.speculateAfter());
      for (long due : new long[] {next, quiet + samples(rules.silence())}) {
        if (due > listened() && due < listened() + rest) {
          rest = (int) (due - listened());
        }
      }
    }
    return rest;
  }

  private long until(Optional<Duration> time) {
    return time.map(this::samples).orElse(Long.MAX_VALUE / 2);
  }

  /**
   * Hears some of the sound, before the probability of its window is known.
   *
   * @param sound samples between -1 and 1
   * @param from the first of them
   * @param to behind the last, at most {@link #room()} further
   * @return what they change, in order; mostly nothing
   */
  public List<Change> hear(float[] sound, int from, int to) {
    if (to - from > room()) {
      throw new IllegalArgumentException(
          (to - from) + " samples are heard at once, where " + room() + " may be");
    }
    loudness.add(sound, from, to);
    ahead += to - from;
    List<Change> changes = new ArrayList<>(1);
    if (isFollowed() && ahead < windowSamples && !loudness.rises(heard, loud)) {
      last(listened() - quiet, 0, changes);
    }
    return changes;
  }

  /** Whether it is a pause in which loudness tells speech from silence. */
  private boolean isFollowed() {
    return state == State.PAUSED && loud < Double.POSITIVE_INFINITY;
  }

  private long listened() {
    return heard + ahead;
  }

  /**
   * Goes on with a window.
   *
   * @param probability that somebody speaks in it
   * @return what it changes, in order; mostly nothing
   * @throws LongCatException if it is no probability
   * @throws IllegalStateException if some of its samples were heard and others not
   */
  public List<Change> window(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new LongCatException(
          "A VoiceActivity gave the probability " + probability + "; it has to give 0 to 1");
    }
    if (ahead > 0 && ahead < windowSamples) {
      throw new IllegalStateException("Only " + ahead + " samples of the window were heard");
    }
    long start = heard;
    heard += windowSamples;
    ahead = 0;
    List<Change> changes = new ArrayList<>(2);
    boolean speech = probability >= rules.threshold();
    boolean silence = probability < rules.release();
    switch (state) {
      case SILENT -> {
        if (speech) {
          state = State.CANDIDATE;
          began = start;
          dips = false;
          changes.add(new Candidate(began));
          begin(changes);
        }
      }
      case CANDIDATE -> {
        if (silence) {
          dip(start, changes);
        } else {
          dips = false;
          if (speech) {
            begin(changes);
          }
        }
      }
      case SPEAKING -> {
        if (silence) {
          state = State.PAUSED;
          pause(start);
          changes.add(new Paused(quiet));
          last(changes);
        }
      }
      case PAUSED -> {
        if (speech) {
          state = State.SPEAKING;
          began = start;
          changes.add(new WentOn(began));
        } else {
          last(changes);
        }
      }
    }
    return changes;
  }

  private void begin(List<Change> changes) {
    if (heard - began >= samples(rules.leastSpeech())) {
      state = State.SPEAKING;
      changes.add(new Began(began));
    }
  }

  private void dip(long start, List<Change> changes) {
    if (!dips) {
      dips = true;
      quiet = start;
    }
    if (heard - quiet > samples(CLOSURE)) {
      state = State.SILENT;
      changes.add(new FalseStart(quiet));
    }
  }

  private void pause(long start) {
    long expected = start - trailingSamples;
    Optional<Loudness.Fall> fall = loudness.end(expected);
    quiet = Math.max(began, fall.map(Loudness.Fall::atSample).orElse(expected));
    loud = fall.map(Loudness.Fall::loud).orElse(Double.POSITIVE_INFINITY);
    lasted = false;
  }

  /** With a window: where windows decide alone, with the one that ends nearest to the silence. */
  private void last(List<Change> changes) {
    last(heard - quiet, isFollowed() ? 0 : windowSamples / 2, changes);
  }

  private void last(long silent, int early, List<Change> changes) {
    if (silent + early >= samples(rules.silence())) {
      state = State.SILENT;
      changes.add(new Ended(quiet));
    } else if (!lasted && silent >= until(rules.speculateAfter())) {
      lasted = true;
      changes.add(new Lasted(quiet));
    }
  }

  private long samples(Duration time) {
    return Math.round((time.getSeconds() + time.getNano() / 1e9) * sampleRateHz);
  }

  /**
   * How long they have been silent within what may still be their turn.
   *
   * @return samples from the estimated end of speech to the last that was heard; 0 while they
   *     speak, and when nobody does
   */
  public long silentSamples() {
    return state == State.PAUSED ? listened() - quiet : 0;
  }

  /**
   * Whether somebody has the turn: speech has begun and not ended, pauses included.
   *
   * @return true from {@link Began} to {@link Ended}
   */
  public boolean isSpeaking() {
    return state == State.SPEAKING || state == State.PAUSED;
  }

  /**
   * Samples of all windows since the beginning, and what was heard of the next.
   *
   * @return the end of what was heard
   */
  public long heardSamples() {
    return listened();
  }

  /** Begins again in silence, at sample 0. */
  public void reset() {
    state = State.SILENT;
    heard = 0;
    ahead = 0;
    loudness.reset();
  }

  /**
   * Goes on by other rules from the next window on.
   *
   * @param other when speech begins and ends; what has begun stays begun
   */
  public void rules(TurnDetection other) {
    this.rules = other;
  }
}
