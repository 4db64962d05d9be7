package io.longcat4j.vision.picture.lossless;

import java.util.HexFormat;

/** The pixels nearby that have short distances, in the format's order: nearer ones first. */
final class Neighbours {
  /** How many there are. */
  static final int COUNT = 120;

  /** Of each, rows above and 8 minus the columns to the right, four bits each. */
  private static final byte[] PLACES =
      HexFormat.of()
          .parseHex(
              "1807171928062729161a262a38053739151b363a252b48044749141c353b464a242c58454b343c03"
                  + "5759131d565a232d444c555b333d68026769121e666a222e545c434d656b323e78017779535d111f"
                  + "646c424e767a212f757b313f636d525e00747c414f1020626e30737d515f40727e616f50717f6070");

  private Neighbours() {}

  /**
   * How far back a neighbour lies.
   *
   * @param place in the order, from 0
   * @param width of the picture
   * @return pixels, less than 1 where it would lie ahead
   */
  static int distance(int place, int width) {
    int rows = PLACES[place] >> 4;
    int columns = 8 - (PLACES[place] & 15);
    return rows * width + columns;
  }
}
