package io.longcat4j;

/**
 * A sound of the question that is still being made, such as that of a microphone. What is written
 * is heard at once and taken in by the model while the rest is still missing, so that next to
 * nothing is left to compute when the question is asked. However the samples are cut, together they
 * are what {@link Audio#of(Samples)} of all of them is; less than 25 ms are nothing.
 *
 * <pre>{@code
 * try (LiveAudio microphone = conversation.openAudio(16000)) {
 *   while (speaking()) {
 *     microphone.write(nextSamples());
 *   }
 * }
 * Reply reply = conversation.send(Generation.speech());
 * }</pre>
 *
 * <p>Thread-safe: another thread may write than the one that holds the {@link Conversation}; calls
 * are served one after the other. A call returns when the encoders are done and does not wait for
 * the model. Arrays stay the caller's.
 *
 * <p>The sound ends with {@link #close}, or with the next call that adds to the question, asks it,
 * rolls it back or closes the conversation. Whoever writes later gets an {@link
 * InvalidRequestException}. A write that fails adds nothing to the question and leaves the sound
 * open, unless said otherwise.
 */
public interface LiveAudio extends AutoCloseable {
  /**
   * Goes on with the sound.
   *
   * @param samples the next ones, any number of them, one channel between -1 and 1
   * @throws MediaException if a sample is no finite number, or the sound would last more than 120
   *     s, or longer than was announced
   * @throws InvalidRequestException if the sound has ended, or the context is full: then the sound
   *     ends before these samples
   * @throws GenerationCancelledException if the {@link LongCat} is closed, or the thread
   *     interrupted
   */
  void write(float[] samples);

  /**
   * Goes on with the sound, in the format of microphones.
   *
   * @param pcm16 signed 16-bit samples of one channel, any number of them
   * @throws LongCatException as {@link #write(float[])}
   */
  void write(short[] pcm16);

  /**
   * Ends the sound, which stays in the question; idempotent. Once the {@link LongCat} is closed,
   * this only frees what the sound holds.
   *
   * @throws LongCatException if the rest of the sound cannot be heard or finds no room; the sound
   *     then ends before it
   */
  @Override
  void close();
}
