package io.longcat4j.session;

import java.util.Optional;

/**
 * How loud a sound was of late, in frames of 4 ms, and where speech ended in it: a detector tells
 * that by windows of some 30 ms and with a lag, the loudness to some milliseconds. Frames count
 * from the first sample, so that the same sound has the same frames in whatever pieces it comes.
 * Not thread-safe.
 */
final class Loudness {
  private static final int FRAMES_A_SECOND = 250;

  /** So much is remembered; the loudest of it is the level of the speech. */
  private static final int REMEMBERED = FRAMES_A_SECOND * 2 / 5;

  /** So far back an end of speech is looked for. */
  private static final int SEARCHED = FRAMES_A_SECOND * 256 / 1000;

  /** Silence is as loud as the loudest of at least so many frames. */
  private static final int SILENCE = FRAMES_A_SECOND * 32 / 1000;

  /** Speech falls to silence within so many frames. */
  private static final int EDGE = FRAMES_A_SECOND * 20 / 1000;

  /** What is 35 dB below the speech is silence, and what is fainter is not told from it. */
  private static final double FAINTEST = 3e-4;

  /** The last frame of speech is louder than any of the silence after it by 3 dB. */
  private static final double LAST = 2;

  /** Speech is louder by 4 dB; else loudness tells nothing. */
  private static final double SPEECH = 2.5;

  private final int frameSamples;
  private final double[] powers = new double[REMEMBERED];
  private long frames;
  private double power;
  private int inFrame;

  /**
   * Where speech ended.
   *
   * @param atSample the first of silence
   * @param loud mean power of a frame from which on it is no silence any more
   */
  record Fall(long atSample, double loud) {}

  Loudness(int sampleRateHz) {
    this.frameSamples = Math.max(1, Math.round((float) sampleRateHz / FRAMES_A_SECOND));
  }

  /** Goes on with some samples. */
  void add(float[] sound, int from, int to) {
    for (int i = from; i < to; i++) {
      power += (double) sound[i] * sound[i];
      if (++inFrame == frameSamples) {
        powers[(int) (frames++ % REMEMBERED)] = power / frameSamples;
        power = 0;
        inFrame = 0;
      }
    }
  }

  /** Forgets everything; the next sample is the first. */
  void reset() {
    frames = 0;
    power = 0;
    inFrame = 0;
  }

  /** Whether a frame that lies within the sound from a sample on is as loud as this. */
  boolean rises(long fromSample, double loud) {
    long first = Math.max((fromSample + frameSamples - 1) / frameSamples, frames - REMEMBERED);
    for (long frame = first; frame < frames; frame++) {
      if (powers[(int) (frame % REMEMBERED)] >= loud) {
        return true;
      }
    }
    return false;
  }

  /**
   * Looks for the end of speech: the last place where the sound falls for good. Where that is later
   * than a detector thinks, it may be a noise that has ended after the speech, as of a microphone
   * that closes; then an earlier and deeper fall is the end.
   *
   * @param expected where a detector thinks it is, before the last sample
   * @return nothing where speech is not much louder than what came after it
   */
  Optional<Fall> end(long expected) {
    int count = (int) Math.min(frames, REMEMBERED);
    double[] loudestFrom = new double[count + 1];
    double[] levels = levels(count, loudestFrom);
    long silent = frames - expected / frameSamples;
    int last = count - (int) Math.max(1, Math.min(SILENCE, silent));
    int found = 0;
    double depth = 0;
    for (int at = last; at >= Math.max(1, count - SEARCHED); at--) {
      if (levels[at - 1] >= LAST * loudestFrom[at]) {
        double fall = depth(levels, at, loudestFrom[at]);
        if (found == 0 || fall >= SPEECH * depth) {
          found = at;
          depth = fall;
        }
        if (sample(count, found) <= expected) {
          break;
        }
      }
    }
    return depth < SPEECH
        ? Optional.empty()
        : Optional.of(new Fall(sample(count, found), LAST * loudestFrom[found]));
  }

  /** Of the last frames, none fainter than what can be told; and the loudest from each on. */
  private double[] levels(int count, double[] loudestFrom) {
    double[] levels = new double[count];
    double loudest = 0;
    for (int i = 0; i < count; i++) {
      levels[i] = powers[(int) ((frames - count + i) % REMEMBERED)];
      loudest = Math.max(loudest, levels[i]);
    }
    for (int i = count - 1; i >= 0; i--) {
      levels[i] = Math.max(levels[i], Math.max(FAINTEST * loudest, Double.MIN_NORMAL));
      loudestFrom[i] = Math.max(levels[i], loudestFrom[i + 1]);
    }
    return levels;
  }

  private static double depth(double[] levels, int at, double silence) {
    double loudest = 0;
    for (int i = Math.max(0, at - EDGE); i < at; i++) {
      loudest = Math.max(loudest, levels[i]);
    }
    return loudest / silence;
  }

  private long sample(int count, int frame) {
    return (frames - count + frame) * frameSamples;
  }
}
