package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** A lossless WebP picture without its container. Thread-safe; holds nothing between calls. */
public final class Vp8l {
  private static final int HEADER_BYTES = 5;
  private static final int PREDICTION = 0;
  private static final int COLOUR_TRANSFORM = 1;
  private static final int GREEN_SUBTRACTION = 2;

  private final BitReader bits;
  private final Cancellation wanted;
  private final int height;
  private int width;

  private Vp8l(byte[] bitstream, Cancellation wanted) throws IOException {
    this.bits = new BitReader(bitstream, 1);
    this.wanted = wanted;
    this.width = 1 + bits.read(14);
    this.height = 1 + bits.read(14);
    bits.read(8 * (HEADER_BYTES - 1) - 28);
  }

  /**
   * Decodes a picture.
   *
   * @param bitstream the content of a VP8L chunk, whose header was checked; its size bounds memory
   * @param wanted asked in between
   * @return alpha, red, green and blue of each pixel, the highest byte first
   * @throws IOException if it is damaged or cut off
   */
  public static int[] decode(byte[] bitstream, Cancellation wanted) throws IOException {
    return new Vp8l(bitstream, wanted).pixels();
  }

  private int[] pixels() throws IOException {
    Deque<Transform> transforms = new ArrayDeque<>();
    boolean[] seen = new boolean[4];
    while (bits.readFlag()) {
      int kind = bits.read(2);
      if (seen[kind]) {
        throw new IOException("it was changed twice in the same way");
      }
      seen[kind] = true;
      transforms.push(transform(kind));
    }
    int[] pixels = new EntropyImage(bits, wanted).read(width, height, true);
    for (Transform transform : transforms) {
      pixels = transform.undo(pixels, wanted);
    }
    return pixels;
  }

  private Transform transform(int kind) throws IOException {
    if (kind == GREEN_SUBTRACTION) {
      return new GreenSubtraction(width);
    }
    EntropyImage images = new EntropyImage(bits, wanted);
    if (kind == PREDICTION || kind == COLOUR_TRANSFORM) {
      int blockBits = 2 + bits.read(3);
      int across = EntropyImage.blocks(width, blockBits);
      int[] blocks = images.read(across, EntropyImage.blocks(height, blockBits), false);
      return kind == PREDICTION
          ? new Prediction(width, blockBits, blocks)
          : new ColourTransform(width, blockBits, blocks);
    }
    int colours = 1 + bits.read(8);
    int packBits = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
    int[] palette = images.read(colours, 1, false);
    for (int i = 1; i < colours; i++) {
      palette[i] = addBytes(palette[i], palette[i - 1]);
    }
    ColourIndexing indexing = new ColourIndexing(width, packBits, palette);
    width = EntropyImage.blocks(width, packBits);
    return indexing;
  }

  /** Adds each byte by itself. */
  static int addBytes(int a, int b) {
    int alphaAndGreen = (a & 0xff00ff00) + (b & 0xff00ff00);
    int redAndBlue = (a & 0xff00ff) + (b & 0xff00ff);
    return (alphaAndGreen & 0xff00ff00) | (redAndBlue & 0xff00ff);
  }
}
