package io.longcat4j.benchmarks;

import io.longcat4j.VoiceActivity;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLong;

/** Makes detectors, and takes the processor's time that theirs windows cost. Thread-safe. */
final class MeteredActivity implements VoiceActivity.Factory {
  private final VoiceActivity.Factory factory;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final AtomicLong processorNanos = new AtomicLong();
  private final AtomicLong soundNanos = new AtomicLong();

  MeteredActivity(VoiceActivity.Factory factory) {
    this.factory = factory;
  }

  @Override
  public VoiceActivity open(int sampleRateHz) {
    return new Metered(factory.open(sampleRateHz), sampleRateHz);
  }

  /** Of one core, for sound as it comes. */
  double share() {
    return (double) processorNanos.get() / soundNanos.get();
  }

  /** Sound that was listened to. */
  double seconds() {
    return soundNanos.get() / 1e9;
  }

  private final class Metered implements VoiceActivity {
    private final VoiceActivity activity;
    private final int sampleRateHz;

    Metered(VoiceActivity activity, int sampleRateHz) {
      this.activity = activity;
      this.sampleRateHz = sampleRateHz;
    }

    @Override
    public int windowSamples() {
      return activity.windowSamples();
    }

    @Override
    public int trailingSamples() {
      return activity.trailingSamples();
    }

    @Override
    public double probability(float[] window) {
      long before = threads.getCurrentThreadCpuTime();
      double probability = activity.probability(window);
      processorNanos.addAndGet(threads.getCurrentThreadCpuTime() - before);
      soundNanos.addAndGet(window.length * 1_000_000_000L / sampleRateHz);
      return probability;
    }

    @Override
    public void reset() {
      activity.reset();
    }

    @Override
    public void close() {
      activity.close();
    }
  }
}
