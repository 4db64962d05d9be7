package io.longcat4j.server.sound;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** How sound is written on the wire. One channel each. Immutable and thread-safe. */
public enum SoundFormat {
  /** Signed 16-bit samples, little-endian, 24 kHz. */
  PCM16("audio/pcm", "pcm16", 24_000, 2),

  /** G.711 mu-law, 8 kHz. */
  PCMU("audio/pcmu", "g711_ulaw", 8_000, 1),

  /** G.711 A-law, 8 kHz. */
  PCMA("audio/pcma", "g711_alaw", 8_000, 1);

  private final String type;
  private final String olderName;
  private final int sampleRateHz;
  private final int bytesPerSample;

  SoundFormat(String type, String olderName, int sampleRateHz, int bytesPerSample) {
    this.type = type;
    this.olderName = olderName;
    this.sampleRateHz = sampleRateHz;
    this.bytesPerSample = bytesPerSample;
  }

  /**
   * Finds a format.
   *
   * @param name such as {@code audio/pcm} or the older {@code pcm16}
   * @return the format, or empty
   */
  public static Optional<SoundFormat> named(String name) {
    for (SoundFormat format : values()) {
      if (format.type.equals(name) || format.olderName.equals(name)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /**
   * The name in the present protocol.
   *
   * @return a media type
   */
  public String type() {
    return type;
  }

  /**
   * The name in the older protocol.
   *
   * @return a word
   */
  public String olderName() {
    return olderName;
  }

  /**
   * Samples a second.
   *
   * @return 24000 or 8000
   */
  public int sampleRateHz() {
    return sampleRateHz;
  }

  /**
   * Size of a sample.
   *
   * @return 2 or 1
   */
  public int bytesPerSample() {
    return bytesPerSample;
  }

  /**
   * Reads samples.
   *
   * @param bytes whole samples
   * @return between -1 and 1
   */
  public float[] decode(byte[] bytes) {
    float[] samples = new float[bytes.length / bytesPerSample];
    ByteBuffer pcm = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples.length; i++) {
      int value =
          switch (this) {
            case PCM16 -> pcm.getShort();
            case PCMU -> G711.MU_LAW.decode(bytes[i] & 0xff);
            case PCMA -> G711.A_LAW.decode(bytes[i] & 0xff);
          };
      samples[i] = value / 32768f;
    }
    return samples;
  }

  /**
   * Writes samples, rounded to nearest and clipped.
   *
   * @param samples at {@link #sampleRateHz()}
   * @return the bytes
   */
  public byte[] encode(float[] samples) {
    ByteBuffer bytes =
        ByteBuffer.allocate(samples.length * bytesPerSample).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      int value = Math.max(-32768, Math.min(32767, Math.round(sample * 32767f)));
      switch (this) {
        case PCM16 -> bytes.putShort((short) value);
        case PCMU -> bytes.put((byte) G711.MU_LAW.encode(value));
        case PCMA -> bytes.put((byte) G711.A_LAW.encode(value));
      }
    }
    return bytes.array();
  }
}
