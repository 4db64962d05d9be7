package io.longcat4j.vision.picture;

import io.longcat4j.media.Vp8Frame;
import java.util.Arrays;
import java.util.Optional;

/**
 * Lossy WebP pictures that are whole. FFmpeg goes on behind the end of what it is given, and does
 * not tell; so it is given two different ends, and pictures that depend on them are cut off.
 */
final class LossyPicture {
  private static final int MORE_BYTES = 32;

  private LossyPicture() {}

  /**
   * Decodes a picture.
   *
   * @param bitstream a key frame of VP8
   * @param name of the source, for messages
   * @return its planes, or empty if it is cut off
   */
  static Optional<Vp8Frame> decode(byte[] bitstream, String name) {
    Vp8Frame frame = Vp8Frame.decode(followedBy(bitstream, (byte) 0), name);
    Vp8Frame other = Vp8Frame.decode(followedBy(bitstream, (byte) 0xb7), name);
    boolean whole =
        Arrays.equals(frame.luma(), other.luma())
            && Arrays.equals(frame.cb(), other.cb())
            && Arrays.equals(frame.cr(), other.cr());
    return whole ? Optional.of(frame) : Optional.empty();
  }

  private static byte[] followedBy(byte[] bitstream, byte value) {
    byte[] longer = Arrays.copyOf(bitstream, Math.addExact(bitstream.length, MORE_BYTES));
    Arrays.fill(longer, bitstream.length, longer.length, value);
    return longer;
  }
}
