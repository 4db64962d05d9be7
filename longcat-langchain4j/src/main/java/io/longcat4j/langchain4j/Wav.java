package io.longcat4j.langchain4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A WAV file in memory: 16 bits a sample, one channel. */
final class Wav {
  private static final int HEADER = 44;

  private Wav() {}

  static byte[] of(byte[] pcm16, int sampleRateHz) {
    return ByteBuffer.allocate(Math.addExact(HEADER, pcm16.length))
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(ascii("RIFF"))
        .putInt(HEADER - 8 + pcm16.length)
        .put(ascii("WAVEfmt "))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(sampleRateHz)
        .putInt(sampleRateHz * 2)
        .putShort((short) 2)
        .putShort((short) 16)
        .put(ascii("data"))
        .putInt(pcm16.length)
        .put(pcm16)
        .array();
  }

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }
}
