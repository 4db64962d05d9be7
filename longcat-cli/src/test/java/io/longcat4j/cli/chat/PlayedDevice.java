package io.longcat4j.cli.chat;

import io.longcat4j.AudioDelta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A microphone that hears what a test says, and a loudspeaker that plays a tenth of a second. */
final class PlayedDevice implements SpokenDevice {
  private static final int PIECE = 320;
  private static final short[] END = {};

  private final LinkedBlockingQueue<short[]> said = new LinkedBlockingQueue<>();
  private final List<AudioDelta> sounds = new ArrayList<>();
  private final Runnable onSound;
  private Consumer<Duration> played = duration -> {};
  private int stops;

  /** With what happens when the first sound of a reply comes. */
  PlayedDevice(Runnable onSound) {
    this.onSound = onSound;
  }

  void say(float[] samples, int silenceMillis) {
    short[] all = new short[samples.length + 16 * silenceMillis];
    for (int i = 0; i < samples.length; i++) {
      all[i] = (short) Math.round(samples[i] * 32767);
    }
    for (int at = 0; at < all.length; at += PIECE) {
      said.add(java.util.Arrays.copyOfRange(all, at, Math.min(all.length, at + PIECE)));
    }
  }

  void end() {
    said.add(END);
  }

  synchronized int stops() {
    return stops;
  }

  synchronized List<AudioDelta> sounds() {
    return List.copyOf(sounds);
  }

  @Override
  public int sampleRateHz() {
    return 16000;
  }

  @Override
  public void start(Consumer<Duration> heard) {
    played = heard;
  }

  @Override
  public Optional<short[]> hear() {
    try {
      short[] next = said.take();
      return next == END ? Optional.empty() : Optional.of(next);
    } catch (InterruptedException e) {
      return Optional.empty();
    }
  }

  @Override
  public void play(AudioDelta sound) {
    synchronized (this) {
      sounds.add(sound);
    }
    if (sound.firstSample() == 0) {
      played.accept(Duration.ofMillis(100));
      onSound.run();
    }
  }

  @Override
  public synchronized void stop() {
    stops++;
  }

  @Override
  public void close() {}
}
