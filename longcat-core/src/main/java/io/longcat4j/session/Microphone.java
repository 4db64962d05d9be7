package io.longcat4j.session;

import io.longcat4j.TurnDetection;
import io.longcat4j.VoiceActivity;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The sound of a session: window by window to the detector, and the last of it to look back at. Not
 * thread-safe. Owns the voice activity.
 */
final class Microphone implements AutoCloseable {
  /** What is remembered beyond padding and least speech. */
  private static final Duration SLACK = Duration.ofMillis(500);

  private final int sampleRateHz;
  private final VoiceActivity activity;
  private final SpeechDetector detector;
  private TurnDetection rules;
  private float[] recent = {};
  private int size;
  private long written;
  private long judged;
  private long heard;
  private long origin;

  /**
   * Begins to listen.
   *
   * @param atSample samples that were written before
   * @param activity from now on its own
   */
  Microphone(TurnDetection rules, int sampleRateHz, long atSample, VoiceActivity activity) {
    this.written = atSample;
    this.judged = atSample;
    this.heard = atSample;
    this.origin = atSample;
    this.sampleRateHz = sampleRateHz;
    this.activity = activity;
    this.rules = rules;
    this.detector =
        new SpeechDetector(
            rules, sampleRateHz, activity.windowSamples(), activity.trailingSamples());
  }

  /**
   * Takes sound in.
   *
   * @param changes hears of each change as soon as what it depends on was heard
   * @param window is called after each window
   */
  void take(float[] samples, Consumer<SpeechDetector.Change> changes, Runnable window) {
    remember(samples);
    int length = activity.windowSamples();
    while (heard < written) {
      int from = index(heard);
      int count = (int) Math.min(written - heard, detector.room());
      heard += count;
      detector.hear(recent, from, from + count).forEach(changes);
      if (heard - judged == length) {
        judged = heard;
        int end = index(judged);
        double probability = activity.probability(Arrays.copyOfRange(recent, end - length, end));
        detector.window(probability).forEach(changes);
        window.run();
      }
    }
  }

  private int index(long sample) {
    return (int) (sample - (written - size));
  }

  private void remember(float[] samples) {
    long unjudged = written - judged;
    int keep = (int) Math.min(size, lookBack() + unjudged);
    float[] all = new float[keep + samples.length];
    System.arraycopy(recent, size - keep, all, 0, keep);
    System.arraycopy(samples, 0, all, keep, samples.length);
    recent = all;
    size = all.length;
    written += samples.length;
  }

  private long lookBack() {
    return samples(rules.padding().plus(rules.leastSpeech()).plus(SLACK));
  }

  /** What was heard from a sample on. */
  float[] since(long sample) {
    return Arrays.copyOfRange(recent, index(sample), index(heard));
  }

  /** The sample from which on everything is remembered. */
  long remembered() {
    return written - size;
  }

  /** The sample up to which all was heard; windows may be shorter by some. */
  long heard() {
    return heard;
  }

  /** Sound that nobody listens to. */
  void skip(float[] samples) {
    remember(samples);
    heard = written;
    reset();
  }

  /** Forgets what it was listening to. */
  void reset() {
    detector.reset();
    activity.reset();
    judged = heard;
    origin = heard;
  }

  /** Where a change was, counted from the first sample. */
  long place(SpeechDetector.Change change) {
    return origin + change.atSample();
  }

  void rules(TurnDetection other) {
    rules = other;
    detector.rules(other);
  }

  /** Samples before the beginning of speech that are heard as well. */
  long padding() {
    return samples(rules.padding());
  }

  long samples(Duration time) {
    return (long) (time.toNanos() * (double) sampleRateHz / 1e9);
  }

  @Override
  public void close() {
    activity.close();
  }
}
