package io.longcat4j;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/** Spoken words: one channel of samples between -1 and 1. Immutable and thread-safe. */
public final class Speech {
  private final Samples samples;

  /**
   * Wraps samples.
   *
   * @param samples one channel
   */
  public Speech(Samples samples) {
    this.samples = samples;
  }

  /**
   * The samples.
   *
   * @return one channel between -1 and 1
   */
  public Samples samples() {
    return samples;
  }

  /**
   * Samples a second.
   *
   * @return 24000 or 16000 for the published codecs
   */
  public int sampleRateHz() {
    return samples.sampleRateHz();
  }

  /**
   * How long the words last.
   *
   * @return seconds
   */
  public double durationSeconds() {
    return (double) samples.count() / samples.sampleRateHz();
  }

  /**
   * The samples as 16-bit numbers, little-endian, rounded to nearest and clipped.
   *
   * @return two bytes a sample
   */
  public byte[] toPcm16() {
    float[] values = samples.values();
    ByteBuffer pcm = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      int scaled = Math.round(value * 32767f);
      pcm.putShort((short) Math.max(-32768, Math.min(32767, scaled)));
    }
    return pcm.array();
  }

  /**
   * The samples as a WAV file, 16 bits a sample, one channel: what browsers and players take.
   *
   * @return header and samples
   */
  public byte[] toWav() {
    byte[] pcm = toPcm16();
    byte[] header = WavWriter.header(pcm.length, sampleRateHz());
    byte[] wav = Arrays.copyOf(header, header.length + pcm.length);
    System.arraycopy(pcm, 0, wav, header.length, pcm.length);
    return wav;
  }

  /**
   * Writes what {@link #toWav()} gives, such as into an answer over HTTP.
   *
   * @param stream where to; flushed and left open
   * @throws MediaException if it cannot be written
   */
  public void writeTo(OutputStream stream) {
    byte[] pcm = toPcm16();
    try {
      stream.write(WavWriter.header(pcm.length, sampleRateHz()));
      stream.write(pcm);
      stream.flush();
    } catch (IOException e) {
      throw new MediaException(
          "Cannot write the speech (" + e + "); check who reads the stream", e);
    }
  }

  /**
   * Writes a WAV file, 16 bits a sample, one channel; an existing file is replaced.
   *
   * @param file where to
   * @throws MediaException if the file cannot be written
   */
  public void writeTo(Path file) {
    try (WavWriter wav = WavWriter.create(file, sampleRateHz())) {
      wav.write(samples);
    }
  }
}
