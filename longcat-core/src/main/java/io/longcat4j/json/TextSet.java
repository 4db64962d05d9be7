package io.longcat4j.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads one of many texts; what several begin with is read once. */
final class TextSet {
  private final NetworkBuilder network;
  private final List<byte[]> texts = new ArrayList<>();

  TextSet(NetworkBuilder network) {
    this.network = network;
  }

  void add(String text) {
    texts.add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads from a state on; the last states of texts end their part. */
  void read(int from) {
    texts.sort(Arrays::compareUnsigned);
    IntBuffer path = new IntBuffer();
    path.add(from);
    byte[] before = {};
    for (byte[] text : texts) {
      int mismatch = Arrays.mismatch(before, text);
      int common = mismatch < 0 ? text.length : Math.min(mismatch, before.length);
      while (path.size() > common + 1) {
        path.removeLast();
      }
      for (int i = common; i < text.length; i++) {
        int next = network.state();
        network.range(path.get(i), text[i] & 0xff, text[i] & 0xff, next);
        path.add(next);
      }
      network.markEnd(path.get(text.length));
      before = text;
    }
  }
}
