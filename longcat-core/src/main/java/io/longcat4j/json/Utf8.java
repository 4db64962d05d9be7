package io.longcat4j.json;

/** Characters beyond ASCII in well-formed UTF-8 (Unicode standard, table 3-7). */
final class Utf8 {
  private final NetworkBuilder network;

  Utf8(NetworkBuilder network) {
    this.network = network;
  }

  void read(int from, int to) {
    int one = network.state();
    network.range(one, 0x80, 0xbf, to);
    int two = network.state();
    network.range(two, 0x80, 0xbf, one);
    int three = network.state();
    network.range(three, 0x80, 0xbf, two);
    network.range(from, 0xc2, 0xdf, one);
    second(from, 0xe0, 0xa0, 0xbf, one);
    network.range(from, 0xe1, 0xec, two);
    second(from, 0xed, 0x80, 0x9f, one);
    network.range(from, 0xee, 0xef, two);
    second(from, 0xf0, 0x90, 0xbf, two);
    network.range(from, 0xf1, 0xf3, three);
    second(from, 0xf4, 0x80, 0x8f, two);
  }

  private void second(int from, int first, int lowest, int highest, int to) {
    int next = network.state();
    network.range(from, first, first, next);
    network.range(next, lowest, highest, to);
  }
}
