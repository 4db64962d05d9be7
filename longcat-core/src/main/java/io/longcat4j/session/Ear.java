package io.longcat4j.session;

import io.longcat4j.SessionOptions;
import io.longcat4j.TurnDetection;
import io.longcat4j.VoiceActivity;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Listens: tells when the person begins, pauses and ends, and hands on what they say meanwhile, in
 * pieces. Without detection all sound is theirs. Not thread-safe.
 */
final class Ear implements AutoCloseable {
  /** How old the last picture may be for the camera to be on. */
  private static final double WATCHING_SECONDS = 3;

  /** Sound comes to the encoders in pieces of at least this part of a second. */
  private static final int PIECES_A_SECOND = 10;

  /** Hears of it. */
  interface Listener {
    /** The person does something. */
    void onSpeech(Signal signal, long atSample);

    /** Whether it is the turn of the person. */
    boolean isPersons();

    /** They said this. */
    void onHeard(float[] samples, long atSample);
  }

  private final int sampleRateHz;
  private final VoiceActivity.Factory activities;
  private @Nullable Microphone microphone;
  private long samples;
  private long given;
  private double lastFrame = Double.NEGATIVE_INFINITY;

  Ear(SessionOptions options, VoiceActivity.Factory activities) {
    this.sampleRateHz = options.sampleRateHz();
    this.activities = activities;
    rules(options.detection());
  }

  /** Goes on by other rules. */
  void rules(Optional<TurnDetection> detection) {
    Microphone before = microphone;
    if (detection.isEmpty()) {
      microphone = null;
      if (before != null) {
        before.close();
      }
    } else if (before != null) {
      before.rules(lasting(detection.get()));
    } else {
      microphone =
          new Microphone(
              lasting(detection.get()), sampleRateHz, samples, activities.open(sampleRateHz));
    }
  }

  /** Where no reply is begun early, it is got ready after half of the silence. */
  private static TurnDetection lasting(TurnDetection rules) {
    Duration half = rules.silence().dividedBy(2);
    return rules.speculateAfter().isPresent() || half.isZero()
        ? rules
        : rules.withSpeculateAfter(half);
  }

  /** Sound to listen to. */
  void take(float[] sound, Listener listener) {
    samples += sound.length;
    Microphone by = microphone;
    if (by == null) {
      long from = samples - sound.length;
      if (!listener.isPersons()) {
        listener.onSpeech(Signal.BEGAN, from);
      }
      given = samples;
      listener.onHeard(sound, from);
    } else {
      by.take(sound, change -> changed(by, change, listener), () -> windowIsOver(by, listener));
    }
  }

  /** Sound that nobody listens to. */
  void ignore(float[] sound) {
    samples += sound.length;
    given = samples;
    if (microphone != null) {
      microphone.skip(sound);
    }
  }

  private void changed(Microphone by, SpeechDetector.Change change, Listener listener) {
    long place = by.place(change);
    Signal signal = signal(change);
    boolean begins = signal == Signal.BEGAN && !listener.isPersons();
    if (begins) {
      given = Math.max(Math.max(given, by.remembered()), place - by.padding());
    }
    if (signal == Signal.SILENT_A_WHILE) {
      flush(listener);
    }
    listener.onSpeech(signal, place);
    if (begins && listener.isPersons()) {
      flush(listener);
    }
  }

  private static Signal signal(SpeechDetector.Change change) {
    if (change instanceof SpeechDetector.Candidate) {
      return Signal.CANDIDATE;
    }
    if (change instanceof SpeechDetector.FalseStart) {
      return Signal.FALSE_START;
    }
    if (change instanceof SpeechDetector.Began) {
      return Signal.BEGAN;
    }
    if (change instanceof SpeechDetector.Paused) {
      return Signal.PAUSED;
    }
    if (change instanceof SpeechDetector.Lasted) {
      return Signal.SILENT_A_WHILE;
    }
    return change instanceof SpeechDetector.WentOn ? Signal.WENT_ON : Signal.ENDED;
  }

  private void windowIsOver(Microphone by, Listener listener) {
    if (by.heard() - given >= sampleRateHz / PIECES_A_SECOND) {
      flush(listener);
    }
  }

  /** Hands on what of the turn was not yet. */
  void flush(Listener listener) {
    Microphone by = microphone;
    if (by != null && listener.isPersons() && by.heard() > given) {
      long from = Math.max(given, by.remembered());
      given = by.heard();
      listener.onHeard(by.since(from), from);
    }
  }

  /**
   * The turn of the person is over.
   *
   * @param byItself whether it was noticed here; else whoever still speaks begins anew
   * @param wanted whether the last of it is handed on
   */
  void end(Listener listener, boolean byItself, boolean wanted) {
    Microphone by = microphone;
    if (by == null) {
      return;
    }
    if (wanted) {
      flush(listener);
    }
    given = by.heard();
    if (!byItself) {
      by.reset();
    }
  }

  /** A picture was shown. */
  void showed(double seconds) {
    lastFrame = seconds;
  }

  /** Whether the camera is on. */
  boolean isWatching() {
    return seconds() - lastFrame < WATCHING_SECONDS;
  }

  long samples() {
    return samples;
  }

  double seconds() {
    return (double) samples / sampleRateHz;
  }

  Duration time(long sample) {
    return Duration.ofNanos(Math.round(sample * 1e9 / sampleRateHz));
  }

  @Override
  public void close() {
    if (microphone != null) {
      microphone.close();
    }
  }
}
