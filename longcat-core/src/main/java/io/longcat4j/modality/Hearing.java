package io.longcat4j.modality;

import io.longcat4j.Audio;
import io.longcat4j.spi.Cancellation;
import java.util.List;

/** Ears: sound to embeddings. Thread-safe; owned and closed by the engine. */
public interface Hearing extends AutoCloseable {
  /** How much of a sound the model hears. */
  int MAX_SECONDS = 120;

  /**
   * What became of a sound.
   *
   * @param rows one row for each placeholder, 80 ms each
   * @param warnings what was shortened
   */
  record Heard(Embeddings rows, List<String> warnings) {}

  /**
   * Encodes a sound.
   *
   * @param audio the part
   * @param strict refuse more than 120 s instead of keeping the first 120 s with a warning
   * @param wanted asked while the sound is read
   * @return its rows
   * @throws io.longcat4j.MediaException if it cannot be read, holds no sound, or is too long and
   *     {@code strict}
   */
  Heard encode(Audio audio, boolean strict, Cancellation wanted);

  /**
   * As {@link #encode(Audio, boolean, Cancellation)}, ended by interruption alone.
   *
   * @param audio the part
   * @param strict refuse more than 120 s instead of keeping the first 120 s with a warning
   * @return its rows
   */
  default Heard encode(Audio audio, boolean strict) {
    return encode(audio, strict, Cancellation.BY_INTERRUPTION);
  }

  /**
   * Starts to hear a sound that comes bit by bit. Any number of sessions may be open; they share
   * one copy of the weights. A session outlives its ears only to fail at its next call.
   *
   * @param sampleRateHz samples a second that will be pushed; other rates than the model's own are
   *     resampled as files are
   * @return the session, owned by the caller
   * @throws io.longcat4j.MediaException if sound of this rate cannot be resampled
   */
  HearingSession open(int sampleRateHz);

  /**
   * What runs where.
   *
   * @return one line
   */
  String describe();

  @Override
  void close();
}
