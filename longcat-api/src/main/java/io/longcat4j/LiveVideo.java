package io.longcat4j;

import java.time.Duration;

/**
 * Moving pictures of the question that are still being taken, such as those of a camera. Two frames
 * of every second are looked at, the first of each half, and taken in by the model at once; other
 * frames are left out. A frame that is alone in its second is looked at twice. Together they are
 * what {@link Video#of(VideoFrames)} of these frames is, where the whole video has as many seconds
 * as were announced or is small enough not to be scaled down.
 *
 * <p>Thread-safe, and ends as a {@link LiveAudio} does: with {@link #close}, or with the next call
 * that adds to the question, asks it, rolls it back or closes the conversation.
 */
public interface LiveVideo extends AutoCloseable {
  /**
   * Shows the next frame.
   *
   * @param frame of the size of the first one
   * @param at its time from the beginning of the part; that of a half second that has had its
   *     frame, or of a second that is over, is left out
   * @throws MediaException if it is later than was announced
   * @throws InvalidRequestException if the frame has another size, or its time is negative; if the
   *     part has ended; or if the context is full: then the part ends before this frame
   * @throws GenerationCancelledException if the {@link LongCat} is closed, or the thread
   *     interrupted
   */
  void show(Pixels frame, Duration at);

  /**
   * Ends the pictures, which stay in the question; idempotent.
   *
   * @throws LongCatException if the last of them cannot be looked at or finds no room; the part
   *     then ends before it
   */
  @Override
  void close();
}
