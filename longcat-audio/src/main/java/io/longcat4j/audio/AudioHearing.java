package io.longcat4j.audio;

import io.longcat4j.Audio;
import io.longcat4j.MediaException;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.spi.Cancellation;
import java.util.List;

/** Ears over the audio encoder: at most two minutes of any sound. */
final class AudioHearing implements Hearing {
  private final AudioEncoder encoder;
  private final SoundReader reader;

  AudioHearing(AudioEncoder encoder) {
    this.encoder = encoder;
    this.reader = new SoundReader(encoder.sampleRateHz(), MAX_SECONDS);
  }

  @Override
  public Heard encode(Audio audio, boolean strict, Cancellation wanted) {
    SoundReader.Sound sound = reader.read(audio, wanted);
    if (sound.more() && strict) {
      throw new MediaException(
          sound.name()
              + " lasts more than "
              + MAX_SECONDS
              + " s, which is all that the model hears; pass a shorter sound, or allow shortening");
    }
    wanted.check();
    Frames rows = encoder.embeddings(sound.samples(), wanted);
    List<String> warnings =
        sound.more()
            ? List.of(
                sound.name()
                    + " lasts more than "
                    + MAX_SECONDS
                    + " s; only its first "
                    + MAX_SECONDS
                    + " s were heard")
            : List.of();
    return new Heard(new Embeddings(rows.count(), rows.width(), rows.values()), warnings);
  }

  @Override
  public HearingSession open(int sampleRateHz) {
    return AudioStream.open(encoder, sampleRateHz);
  }

  @Override
  public String describe() {
    return encoder.describe();
  }

  @Override
  public void close() {
    encoder.close();
  }
}
