package io.longcat4j;

/**
 * Tells how likely it is that somebody speaks, from one short window of a microphone's sound to the
 * next. {@code longcat-audio} brings one; an application may bring its own through {@link
 * SessionOptions.Builder#voiceActivity}. Belongs to one {@link Session}, which calls it from one
 * thread at a time and closes it.
 */
public interface VoiceActivity extends AutoCloseable {
  /** Makes one for a sound. */
  @FunctionalInterface
  interface Factory {
    /**
     * Begins to listen.
     *
     * @param sampleRateHz samples a second of what will be given
     * @return a detector, owned by the caller
     * @throws LongCatException if there is none for this rate
     */
    VoiceActivity open(int sampleRateHz);
  }

  /**
   * How long a window is.
   *
   * @return samples at the rate it was opened for, at least 1; the same at every call. 10 to 40 ms
   *     are usual
   */
  int windowSamples();

  /**
   * Goes on with the next window of the sound.
   *
   * @param window exactly {@link #windowSamples()} samples between -1 and 1; stays the caller's
   * @return probability that somebody speaks in it, 0 to 1; what came before may count
   */
  double probability(float[] window);

  /**
   * For how long after the last sound of speech windows are still taken for speech, because what
   * came before counts. Silence is counted from that much earlier.
   *
   * @return samples at the rate it was opened for, in the median; 0 unless overridden
   */
  default int trailingSamples() {
    return 0;
  }

  /** Forgets what came before: another sound begins. */
  void reset();

  /** Frees what it holds; idempotent, throws nothing. */
  @Override
  void close();
}
