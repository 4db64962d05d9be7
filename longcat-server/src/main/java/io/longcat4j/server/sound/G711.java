package io.longcat4j.server.sound;

/**
 * The two sounds of telephones, ITU-T G.711: one byte a sample on a scale that is finer near
 * silence. Immutable and thread-safe.
 */
enum G711 {
  /** North America and Japan, {@code audio/pcmu}. */
  MU_LAW {
    private static final int BIAS = 0x84;
    private static final int CLIP = 32635;

    @Override
    int decode(int code) {
      int bits = ~code & 0xff;
      int magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits & 0x70) >> 4)) - BIAS;
      return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }

    @Override
    int encode(int sample) {
      int sign = sample < 0 ? 0x80 : 0;
      int magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
      int exponent = 24 - Integer.numberOfLeadingZeros(magnitude);
      int mantissa = (magnitude >> (exponent + 3)) & 0x0f;
      return ~(sign | (exponent << 4) | mantissa) & 0xff;
    }
  },

  /** Elsewhere, {@code audio/pcma}. */
  A_LAW {
    private static final int EVEN_BITS = 0x55;

    @Override
    int decode(int code) {
      int bits = code ^ EVEN_BITS;
      int exponent = (bits & 0x70) >> 4;
      int mantissa = ((bits & 0x0f) << 4) + 8;
      int magnitude = exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
      return (bits & 0x80) == 0 ? -magnitude : magnitude;
    }

    @Override
    int encode(int sample) {
      int sign = sample < 0 ? 0 : 0x80;
      int magnitude = sample < 0 ? ~sample : sample;
      int exponent = Math.max(0, 24 - Integer.numberOfLeadingZeros(magnitude));
      int mantissa = (magnitude >> (exponent == 0 ? 4 : exponent + 3)) & 0x0f;
      return (sign | (exponent << 4) | mantissa) ^ EVEN_BITS;
    }
  };

  /**
   * Opens a code.
   *
   * @param code 0 to 255
   * @return a sample of 16 bits
   */
  abstract int decode(int code);

  /**
   * The code of a sample.
   *
   * @param sample of 16 bits
   * @return 0 to 255
   */
  abstract int encode(int sample);
}
