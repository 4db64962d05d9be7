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
   * Starts an utterance whose frames come bit by bit. Any number of sessions may be open; they
   * share one copy of the weights. A session outlives its voice only to fail at its next call.
   *
   * @return the session, owned by the caller
   */
  VoiceSession open();

  /**
   * Frames that must follow a frame before its sound is determined: the first sound of a session
   * comes with frame {@code 1 + lookAheadFrames}, or at the end.
   *
   * @return at least 0
   */
  int lookAheadFrames();

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
