package io.longcat4j.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * Keys of an object that are none of the ones its schema names. They are written without escapes,
 * so that no spelling of a named key slips through; where a named key goes on with a character
 * beyond ASCII, others do not.
 */
final class OtherKeys {
  private record Open(int from, List<byte[]> named, int length) {}

  private final NetworkBuilder network;
  private final int character;

  OtherKeys(NetworkBuilder network, int character) {
    this.network = network;
    this.character = character;
  }

  /** Reads the rest of a key and its closing quotation mark. */
  void read(int from, List<String> named, int to) {
    List<byte[]> keys = new ArrayList<>();
    for (String key : named) {
      if (StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
        keys.add(key.getBytes(StandardCharsets.UTF_8));
      }
    }
    int rest = network.state();
    network.call(rest, character, rest);
    network.range(rest, '"', '"', to);
    Utf8 beyondAscii = new Utf8(network, rest);
    Deque<Open> open = new ArrayDeque<>();
    open.add(new Open(from, keys, 0));
    while (!open.isEmpty()) {
      read(open.remove(), rest, to, beyondAscii, open);
    }
  }

  private void read(Open at, int rest, int to, Utf8 beyondAscii, Deque<Open> open) {
    if (at.named().isEmpty()) {
      network.skip(at.from(), rest);
      return;
    }
    TreeMap<Integer, List<byte[]>> byNextByte = new TreeMap<>();
    boolean complete = false;
    for (byte[] key : at.named()) {
      if (key.length == at.length()) {
        complete = true;
      } else {
        byNextByte.computeIfAbsent(key[at.length()] & 0xff, b -> new ArrayList<>()).add(key);
      }
    }
    if (!complete) {
      network.range(at.from(), '"', '"', to);
    }
    boolean ascii = byNextByte.isEmpty() || byNextByte.lastKey() < 0x80;
    if (ascii) {
      beyondAscii.read(at.from());
    }
    int first = 0x20;
    for (int b = 0x20; b <= 0x80; b++) {
      if (b < 0x80 && isPlain(b) && !byNextByte.containsKey(b)) {
        continue;
      }
      if (first < b) {
        network.range(at.from(), first, b - 1, rest);
      }
      first = b + 1;
    }
    byNextByte.forEach(
        (b, keys) -> {
          if (b < 0x80 && isPlain(b)) {
            int next = network.state();
            network.range(at.from(), b, b, next);
            open.add(new Open(next, keys, at.length() + 1));
          }
        });
  }

  /** Whether a byte of ASCII stands for itself in a string. */
  private static boolean isPlain(int b) {
    return b >= 0x20 && b != '"' && b != '\\';
  }
}
