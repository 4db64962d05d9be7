package io.longcat4j.modality;

import io.longcat4j.CodecFrame;
import io.longcat4j.Samples;
import java.util.List;

/** A voice: codec frames to sound. Thread-safe; owned and closed by the engine. */
public interface Voice extends AutoCloseable {
  /**
   * Turns a whole utterance into sound.
   *
   * @param frames codebook indices, at least one frame
   * @return one channel
   * @throws io.longcat4j.InvalidRequestException if an index lies outside its codebook
   */
  Samples speak(List<CodecFrame> frames);

  /**
   * The rate of the sound.
   *
   * @return samples a second
   */
  int sampleRateHz();

  /**
   * What runs where.
   *
   * @return one line
   */
  String describe();

  @Override
  void close();
}
