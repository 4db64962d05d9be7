package io.longcat4j.cli.chat;

import io.longcat4j.AudioDelta;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** A microphone and a loudspeaker. Thread-safe: each may have a thread of its own. */
public interface SpokenDevice extends AutoCloseable {
  /**
   * The microphone's rate.
   *
   * @return samples a second
   */
  int sampleRateHz();

  /**
   * Begins.
   *
   * @param played hears how much of the last reply was heard, whenever that is more
   */
  void start(Consumer<Duration> played);

  /**
   * Waits for what the microphone gives next.
   *
   * @return samples of one channel, or empty when the microphone has ended
   */
  Optional<short[]> hear();

  /**
   * Plays a stretch of a reply after those before it; does not wait.
   *
   * @param sound what comes next; its first sample tells where a reply begins
   */
  void play(AudioDelta sound);

  /** Drops at once what was not heard. */
  void stop();

  /** Frees both; idempotent. */
  @Override
  void close();
}
