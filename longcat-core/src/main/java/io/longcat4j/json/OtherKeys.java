package io.longcat4j.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Keys of an object that are none of the ones its schema names. They are written without escapes,
 * so that no spelling of a named key slips through; where a named key goes on with a character
 * beyond ASCII, others do not.
 */
final class OtherKeys {
  private final NetworkBuilder network;
  private final int character;

  OtherKeys(NetworkBuilder network, int character) {
    this.network = network;
    this.character = character;
  }

  /** Reads the rest of a key and its closing quotation mark. */
  void read(int from, List<String> named, int to) {
    List<byte[]> rests = new ArrayList<>();
    for (String key : named) {
      rests.add(key.getBytes(StandardCharsets.UTF_8));
    }
    int rest = network.state();
    network.call(rest, character, rest);
    network.range(rest, '"', '"', to);
    read(from, rests, 0, rest, to);
  }

  private void read(int from, List<byte[]> named, int length, int rest, int to) {
    if (named.isEmpty()) {
      network.skip(from, rest);
      return;
    }
    TreeMap<Integer, List<byte[]>> byNextByte = new TreeMap<>();
    boolean complete = false;
    for (byte[] key : named) {
      if (key.length == length) {
        complete = true;
      } else {
        byNextByte.computeIfAbsent(key[length] & 0xff, b -> new ArrayList<>()).add(key);
      }
    }
    if (!complete) {
      network.range(from, '"', '"', to);
    }
    boolean ascii = byNextByte.isEmpty() || byNextByte.lastKey() < 0x80;
    if (ascii) {
      new Utf8(network).read(from, rest);
    }
    for (int b = 0x20; b < 0x80; b++) {
      if (b != '"' && b != '\\' && !byNextByte.containsKey(b)) {
        network.range(from, b, b, rest);
      }
    }
    byNextByte.forEach(
        (b, keys) -> {
          if (b >= 0x20 && b < 0x80 && b != '"' && b != '\\') {
            int next = network.state();
            network.range(from, b, b, next);
            read(next, keys, length + 1, rest, to);
          }
        });
  }
}
