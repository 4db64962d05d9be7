package io.longcat4j.media;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes WAV files of any sample format. */
record Wav(int format, int bits, int channels, int sampleRateHz) {
  static final int PCM = 1;
  static final int FLOAT = 3;

  byte[] of(ByteBuffer samples) {
    int size = samples.remaining();
    int block = channels * bits / 8;
    return ByteBuffer.allocate(44 + size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(US_ASCII))
        .putInt(36 + size)
        .put("WAVEfmt ".getBytes(US_ASCII))
        .putInt(16)
        .putShort((short) format)
        .putShort((short) channels)
        .putInt(sampleRateHz)
        .putInt(sampleRateHz * block)
        .putShort((short) block)
        .putShort((short) bits)
        .put("data".getBytes(US_ASCII))
        .putInt(size)
        .put(samples)
        .array();
  }

  /** Little-endian space for a number of sample values. */
  ByteBuffer space(int values) {
    return ByteBuffer.allocate(values * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
  }
}
