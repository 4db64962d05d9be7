package io.longcat4j.server.sound;

import io.longcat4j.AudioDelta;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sound of one reply, as it is sent: resampled and encoded. Not thread-safe. */
public final class SpokenOutput {
  private final SoundFormat format;
  private @Nullable Resampler resampler;

  /**
   * Begins a reply.
   *
   * @param format how it is sent
   */
  public SpokenOutput(SoundFormat format) {
    this.format = format;
  }

  /**
   * Goes on with the sound.
   *
   * @param delta what the model says next
   * @return what can be sent; may be nothing
   */
  public byte[] next(AudioDelta delta) {
    if (resampler == null) {
      resampler = new Resampler(delta.sampleRateHz(), format.sampleRateHz());
    }
    return format.encode(resampler.next(delta.samples().values()));
  }

  /**
   * Ends the sound.
   *
   * @return the rest; may be nothing
   */
  public byte[] end() {
    return Optional.ofNullable(resampler)
        .map(begun -> format.encode(begun.end()))
        .orElseGet(() -> new byte[0]);
  }
}
