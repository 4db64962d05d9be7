package io.longcat4j.json;

/** Characters beyond ASCII in well-formed UTF-8 (Unicode standard, table 3-7), up to a state. */
final class Utf8 {
  private final NetworkBuilder network;
  private final int one;
  private final int two;
  private final int three;
  private final int afterE0;
  private final int afterEd;
  private final int afterF0;
  private final int afterF4;

  Utf8(NetworkBuilder network, int to) {
    this.network = network;
    this.one = before(0x80, 0xbf, to);
    this.two = before(0x80, 0xbf, one);
    this.three = before(0x80, 0xbf, two);
    this.afterE0 = before(0xa0, 0xbf, one);
    this.afterEd = before(0x80, 0x9f, one);
    this.afterF0 = before(0x90, 0xbf, two);
    this.afterF4 = before(0x80, 0x8f, two);
  }

  private int before(int lowest, int highest, int to) {
    int state = network.state();
    network.range(state, lowest, highest, to);
    return state;
  }

  void read(int from) {
    network.range(from, 0xc2, 0xdf, one);
    network.range(from, 0xe0, 0xe0, afterE0);
    network.range(from, 0xe1, 0xec, two);
    network.range(from, 0xed, 0xed, afterEd);
    network.range(from, 0xee, 0xef, two);
    network.range(from, 0xf0, 0xf0, afterF0);
    network.range(from, 0xf1, 0xf3, three);
    network.range(from, 0xf4, 0xf4, afterF4);
  }
}
