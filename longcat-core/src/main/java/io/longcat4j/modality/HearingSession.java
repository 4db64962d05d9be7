package io.longcat4j.modality;

import java.util.Optional;

/**
 * One sound that is heard while it is still being recorded. The rows do not depend on how the
 * samples are cut into pushes: together they are what {@link Hearing#encode} gives for the whole
 * sound, to 1e-4 of their largest. What the session holds does not grow with the sound, and it
 * knows no bound of 120 s: who wants one counts rows, 80 ms each.
 *
 * <p>A session belongs to one sound. Calls from several threads are served one after the other;
 * sessions share one copy of the weights and do not disturb each other. The caller closes it, which
 * may happen from any thread and at any time.
 */
public interface HearingSession extends AutoCloseable {
  /**
   * Goes on with the sound. The work is proportional to the samples pushed.
   *
   * @param samples the next ones, any number of them, one channel between -1 and 1
   * @return the rows that are determined by now and were not given before; empty if there are none.
   *     A row follows its sound by what features and encoder look ahead
   * @throws io.longcat4j.MediaException if a sample is no finite number; the session is as it was
   *     before
   * @throws io.longcat4j.LongCatException if the session is finished or closed, or its ears are
   */
  Optional<Embeddings> push(float[] samples);

  /**
   * Goes on with the sound, in the format of microphones.
   *
   * @param pcm16 signed 16-bit samples of one channel
   * @return as for {@link #push(float[])}
   */
  default Optional<Embeddings> push(short[] pcm16) {
    float[] samples = new float[pcm16.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = pcm16[i] / 32768f;
    }
    return push(samples);
  }

  /**
   * Ends the sound.
   *
   * @return the rows that were still waiting for what follows; empty if there are none
   * @throws io.longcat4j.MediaException if the whole sound is shorter than one window
   * @throws io.longcat4j.LongCatException if the session is finished or closed, or its ears are
   */
  Optional<Embeddings> finish();

  /**
   * A session that goes on from here by itself, as if it had been given the same samples.
   *
   * @return another session, owned by the caller
   * @throws io.longcat4j.LongCatException if the session is finished or closed, or its ears are
   */
  HearingSession fork();

  /** Frees what the session holds; further calls do nothing. */
  @Override
  void close();
}
