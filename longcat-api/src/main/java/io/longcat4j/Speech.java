package io.longcat4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

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
