package io.longcat4j.audio;

import io.longcat4j.LongCatException;
import io.longcat4j.media.LiveResampler;
import io.longcat4j.media.SampleRange;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.HearingSession;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One sound on its way from a microphone to rows of embeddings. */
final class AudioStream implements HearingSession {
  private final EncoderStream encoder;
  private final @Nullable LiveResampler resampler;
  private long heard;
  private boolean over;

  private AudioStream(EncoderStream encoder, @Nullable LiveResampler resampler, long heard) {
    this.encoder = encoder;
    this.resampler = resampler;
    this.heard = heard;
  }

  static AudioStream open(AudioEncoder encoder, int sampleRateHz) {
    LiveResampler resampler =
        sampleRateHz == encoder.sampleRateHz()
            ? null
            : LiveResampler.open(sampleRateHz, encoder.sampleRateHz());
    return new AudioStream(encoder.open(), resampler, 0);
  }

  @Override
  public synchronized HearingSession fork() {
    requireOpen();
    return new AudioStream(encoder.copy(), resampler == null ? null : resampler.fork(), heard);
  }

  @Override
  public synchronized Optional<Embeddings> push(float[] samples) {
    requireOpen();
    SampleRange.require("A live sound", samples, samples.length, heard);
    over = true; // A failure in the middle of a push leaves nothing to go on with.
    Frames rows = encoder.push(resampler == null ? samples : resampler.push(samples), false);
    heard += samples.length;
    over = false;
    return embeddings(rows);
  }

  @Override
  public synchronized Optional<Embeddings> finish() {
    requireOpen();
    over = true;
    Frames rows = encoder.push(resampler == null ? new float[0] : resampler.finish(), true);
    free();
    return embeddings(rows);
  }

  @Override
  public synchronized void close() {
    over = true;
    free();
  }

  private void free() {
    if (resampler != null) {
      resampler.close();
    }
  }

  private static Optional<Embeddings> embeddings(Frames rows) {
    return rows.count() == 0
        ? Optional.empty()
        : Optional.of(new Embeddings(rows.count(), rows.width(), rows.values()));
  }

  private void requireOpen() {
    if (over) {
      throw new LongCatException(
          "This sound is finished, closed or broken off by an error; open another session for the"
              + " next one");
    }
  }
}
