package io.longcat4j.media;

import java.lang.ref.Cleaner;
import java.math.BigInteger;

/**
 * One channel of sound from one rate to another while it is being recorded. However the samples are
 * cut, together they become what {@link AudioFile} makes of the whole sound. Owns native memory;
 * {@link #close} is idempotent. Not thread-safe.
 */
public final class LiveResampler implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final int fromHz;
  private final int toHz;
  private final SampleSink sink = new SampleSink(Integer.MAX_VALUE - 64);
  private final Resampler resampler;
  private final Cleaner.Cleanable cleanable;
  private final RecentSamples recent;
  private long given;

  private LiveResampler(int fromHz, int toHz) {
    this.fromHz = fromHz;
    this.toHz = toHz;
    this.recent = new RecentSamples(period(fromHz, toHz), 2 * Resampler.reachSamples(fromHz, toHz));
    this.resampler = Resampler.open("A live sound", fromHz, toHz, sink);
    this.cleanable = CLEANER.register(this, resampler::close);
  }

  /**
   * Starts a sound.
   *
   * @param fromHz rate of what goes in, 1000 to 1000000
   * @param toHz rate of what comes out, 1000 to 1000000
   * @return the resampler, owned by the caller
   * @throws io.longcat4j.MediaException if the rates cannot be handled
   */
  public static LiveResampler open(int fromHz, int toHz) {
    return new LiveResampler(fromHz, toHz);
  }

  /**
   * Goes on with the sound.
   *
   * @param samples any number of them
   * @return the samples that are determined by now and were not given before, possibly none
   */
  public float[] push(float[] samples) {
    recent.add(samples);
    resampler.add(samples);
    float[] ready = sink.drain(sink.size());
    given += ready.length;
    return ready;
  }

  /**
   * Ends the sound.
   *
   * @return the rest: the whole has the input's length times the ratio of the rates, rounded up
   */
  public float[] finish() {
    resampler.finish();
    return sink.drain(Math.toIntExact(resampler.expectedSize() - given));
  }

  /**
   * A resampler that goes on from here by itself, as if it had been given the same samples. Its
   * filter is filled with the last of them, from a place where samples of both rates coincide.
   *
   * @return another one, owned by the caller
   */
  public LiveResampler fork() {
    LiveResampler fork = open(fromHz, toHz);
    long before = recent.start() / fromHz * toHz + recent.start() % fromHz * toHz / fromHz;
    long ready = fork.push(recent.samples()).length;
    if (ready != given - before) {
      fork.close();
      throw new IllegalStateException(
          "the same samples gave " + ready + " and " + (given - before) + " results");
    }
    return fork;
  }

  /** Samples from one place where samples of both rates coincide to the next. */
  private static int period(int fromHz, int toHz) {
    return fromHz / BigInteger.valueOf(fromHz).gcd(BigInteger.valueOf(toHz)).intValue();
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
