package io.longcat4j;

/**
 * Moving pictures and their sound, still being taken: a camera with its microphone. The model takes
 * them in second by second, two frames and then their sound, as an {@link Interleaved} part has
 * them. Times of frames count from the first sample. The sound of a second waits for its frames, at
 * most until the second is over, and the frames of a second for the sound before them: write
 * silence where there is none.
 *
 * <p>Sound and pictures may come from two threads. The part ends with {@link #close} or as a {@link
 * LiveAudio} does.
 */
public interface LiveInterleaved extends LiveAudio, LiveVideo {
  /**
   * Ends the part, which stays in the question; idempotent.
   *
   * @throws LongCatException if the rest cannot be encoded or finds no room; the part then ends
   *     before it
   */
  @Override
  void close();
}
