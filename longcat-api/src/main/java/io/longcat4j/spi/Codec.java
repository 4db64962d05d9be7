package io.longcat4j.spi;

import io.longcat4j.Audio;
import io.longcat4j.CodecFrame;
import io.longcat4j.CodecWindow;
import io.longcat4j.LiveEncoding;
import io.longcat4j.Samples;
import java.util.List;

/** A loaded codec. Thread-safe; owned and closed by an {@link io.longcat4j.AudioCodec}. */
public interface Codec extends AutoCloseable {
  /**
   * Speech to tokens.
   *
   * @param audio any sound
   * @param window what is seen at once of a sound that is too long to be seen as a whole
   * @return its frames
   * @throws io.longcat4j.LongCatException if it cannot be encoded
   */
  List<CodecFrame> encode(Audio audio, CodecWindow window);

  /**
   * Speech to tokens as it comes.
   *
   * @param sampleRateHz samples a second that will be pushed
   * @param window what is seen at once
   * @return the sound, owned by the caller
   * @throws io.longcat4j.LongCatException if this codec cannot encode, or not this rate
   */
  LiveEncoding open(int sampleRateHz, CodecWindow window);

  /**
   * Tokens to speech.
   *
   * @param frames at least one
   * @return their sound
   * @throws io.longcat4j.LongCatException if they cannot be decoded
   */
  Samples decode(List<CodecFrame> frames);

  /**
   * What is there, and what runs where.
   *
   * @return a line for each half
   */
  String describe();

  @Override
  void close();
}
