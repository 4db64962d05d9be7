package io.longcat4j.audio;

import io.longcat4j.MediaSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Samples as a WAV file of 32-bit floats in memory, so that files and samples resample alike. */
final class FloatWav {
  private static final int HEADER_BYTES = 44;
  private static final short IEEE_FLOAT = 3;

  private FloatWav() {}

  static MediaSource of(float[] samples, int sampleRateHz) {
    int bytes = Math.multiplyExact(samples.length, Float.BYTES);
    byte[] content = new byte[Math.addExact(HEADER_BYTES, bytes)];
    ByteBuffer wav = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    wav.put(tag("RIFF")).putInt(HEADER_BYTES - 8 + bytes).put(tag("WAVE"));
    wav.put(tag("fmt ")).putInt(16).putShort(IEEE_FLOAT).putShort((short) 1);
    wav.putInt(sampleRateHz).putInt(Math.multiplyExact(sampleRateHz, Float.BYTES));
    wav.putShort((short) Float.BYTES).putShort((short) Float.SIZE);
    wav.put(tag("data")).putInt(bytes);
    wav.asFloatBuffer().put(samples);
    return MediaSource.of(content);
  }

  private static byte[] tag(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
