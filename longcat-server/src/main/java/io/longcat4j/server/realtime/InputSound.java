package io.longcat4j.server.realtime;

import io.longcat4j.Samples;
import io.longcat4j.server.sound.Resampler;
import io.longcat4j.server.sound.SoundFormat;
import java.time.Duration;
import java.util.Arrays;

/**
 * What a client's microphone gave, the last two minutes of it, so that what was said can be sent
 * back or written down. Not thread-safe.
 */
final class InputSound {
  private static final int KEPT_SECONDS = 120;

  private final int sampleRateHz;
  private final int most;
  private float[] kept = new float[0];
  private int count;
  private long written;
  private long turnStart;
  private SoundFormat format;
  private Resampler resampler;

  /** Begins a sound of a session of this rate. */
  InputSound(SoundFormat format) {
    this.sampleRateHz = format.sampleRateHz();
    this.most = KEPT_SECONDS * sampleRateHz;
    this.format = format;
    this.resampler = new Resampler(sampleRateHz, sampleRateHz);
  }

  /** The samples of some bytes, at the session's rate, which are kept. */
  float[] next(SoundFormat as, byte[] bytes) {
    if (as != format) {
      format = as;
      resampler = new Resampler(as.sampleRateHz(), sampleRateHz);
    }
    float[] samples = resampler.next(as.decode(bytes));
    keep(samples);
    return samples;
  }

  private void keep(float[] samples) {
    written += samples.length;
    int fresh = Math.min(samples.length, most);
    int drop = Math.max(0, count + fresh - most);
    if (drop > 0) {
      System.arraycopy(kept, drop, kept, 0, count - drop);
      count -= drop;
    }
    if (count + fresh > kept.length) {
      int room = Math.min(most, Math.max(count + fresh, 2 * kept.length));
      kept = Arrays.copyOf(kept, room);
    }
    System.arraycopy(samples, samples.length - fresh, kept, count, fresh);
    count += fresh;
  }

  int sampleRateHz() {
    return sampleRateHz;
  }

  /** How long the whole sound is. */
  Duration length() {
    return time(written);
  }

  /** What came since the last turn that was ended by hand. */
  Duration sinceTurn() {
    return time(written - turnStart);
  }

  /** The sound since then, as far as it is kept; another turn begins. */
  Samples endTurn() {
    Samples turn = cut(turnStart, written);
    turnStart = written;
    return turn;
  }

  /** Forgets what came since then. */
  void clearTurn() {
    turnStart = written;
  }

  /** A part of the sound, as far as it is kept. */
  Samples cut(Duration from, Duration to) {
    return cut(position(from), position(to));
  }

  private Samples cut(long from, long to) {
    long first = written - count;
    int begin = (int) (Math.min(Math.max(from, first), written) - first);
    int end = (int) (Math.min(Math.max(to, first), written) - first);
    return new Samples(Arrays.copyOfRange(kept, begin, Math.max(begin, end)), sampleRateHz);
  }

  private long position(Duration time) {
    return Math.max(0, time.toNanos()) / 1000 * sampleRateHz / 1_000_000;
  }

  private Duration time(long samples) {
    return Duration.ofNanos(samples * 1_000_000 / sampleRateHz * 1000);
  }
}
