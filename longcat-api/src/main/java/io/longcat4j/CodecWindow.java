package io.longcat4j;

/**
 * How much of a long or live sound an {@link AudioCodec} sees at once while it encodes. Sizes are
 * in frames, 60 ms each for the published codec. The acoustic codes do not depend on it; the
 * semantic codes of a whole sound depend on all of it, so that those of a window are an
 * approximation, the better the more it sees.
 *
 * @param before frames that were encoded already and are seen again, at least 0
 * @param frames frames that each step encodes, at least 1
 * @param after frames of the future that are seen, at least 0; live sound is late by as many, or by
 *     what the acoustic codes need (8 for the published codec) where that is more
 */
public record CodecWindow(int before, int frames, int after) {
  private static final int LARGEST = 1 << 14;

  /** Checks the components. */
  public CodecWindow {
    require("before", before, 0);
    require("frames", frames, 1);
    require("after", after, 0);
  }

  /**
   * The window that is taken where none is named.
   *
   * @return steps of 3 s, seen with 24 s before and 3 s after each
   */
  public static CodecWindow defaults() {
    return new CodecWindow(400, 50, 50);
  }

  private static void require(String name, int value, int least) {
    if (value < least || value > LARGEST) {
      throw new InvalidRequestException(
          "A codec window of "
              + name
              + " "
              + value
              + " is impossible; pass "
              + least
              + " to "
              + LARGEST
              + " frames");
    }
  }
}
