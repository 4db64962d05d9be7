package io.longcat4j;

import java.util.List;

/**
 * A sound that becomes codec frames while it is still being recorded, from {@link
 * AudioCodec#openEncoding(int, CodecWindow)}. The frames do not depend on how the samples are cut
 * into pushes. What it holds does not grow with the sound.
 *
 * <p>Thread-safe: calls are served one after the other. The caller closes it. A push that fails
 * because of its samples leaves everything as it was; after any other failure it is over.
 */
public interface LiveEncoding extends AutoCloseable {
  /**
   * Goes on with the sound.
   *
   * @param samples the next ones, any number of them, one channel between -1 and 1
   * @return the frames that are determined by now and were not given before, possibly none
   * @throws MediaException if a sample is no finite number
   * @throws LongCatException if the sound has ended, or the codec is closed
   */
  List<CodecFrame> push(float[] samples);

  /**
   * Ends the sound; the last frame is filled up with silence.
   *
   * @return the frames that were still waiting for what follows; none at all where no sample came
   * @throws LongCatException if the sound has ended, or the codec is closed
   */
  List<CodecFrame> finish();

  /** Frees what it holds; idempotent. */
  @Override
  void close();
}
