package io.longcat4j.remote;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads a question or an answer; every length is held against what is left before it is used. */
final class MessageReader {
  private final ByteBuffer bytes;

  MessageReader(ByteBuffer message) {
    this.bytes = message.slice();
  }

  boolean flag(String what) {
    require(1, what);
    byte value = bytes.get();
    if (value != 0 && value != 1) {
      throw malformed(what + " " + value);
    }
    return value == 1;
  }

  int number(String what) {
    require(Integer.BYTES, what);
    return bytes.getInt();
  }

  int number(String what, int fewest, int most) {
    int value = number(what);
    if (value < fewest || value > most) {
      throw malformed("%s %d where %d to %d may be".formatted(what, value, fewest, most));
    }
    return value;
  }

  long large(String what) {
    require(Long.BYTES, what);
    return bytes.getLong();
  }

  double real(String what) {
    require(Double.BYTES, what);
    return bytes.getDouble();
  }

  /** How many items follow, which have at least so many bytes each. */
  int count(String what, int itemBytes) {
    int count = number(what);
    if (count < 0 || count > bytes.remaining() / itemBytes) {
      throw malformed(count + " " + what);
    }
    return count;
  }

  byte[] bytes(String what) {
    byte[] values = new byte[count(what, 1)];
    bytes.get(values);
    return values;
  }

  String text(String what) {
    return new String(bytes(what), StandardCharsets.UTF_8);
  }

  float[] floats(String what) {
    float[] values = new float[count(what, Float.BYTES)];
    bytes.asFloatBuffer().get(values);
    bytes.position(bytes.position() + values.length * Float.BYTES);
    return values;
  }

  <T> List<T> list(String what, int itemBytes, Function<MessageReader, T> item) {
    List<T> items = new ArrayList<>();
    for (int left = count(what, itemBytes); left > 0; left--) {
      items.add(item.apply(this));
    }
    return List.copyOf(items);
  }

  <E extends Enum<E>> E named(String what, E[] all) {
    String name = text(what);
    for (E one : all) {
      if (one.name().equals(name)) {
        return one;
      }
    }
    throw malformed("an unknown " + what);
  }

  void requireEnd() {
    if (bytes.hasRemaining()) {
      throw malformed(bytes.remaining() + " bytes too many");
    }
  }

  private void require(int count, String what) {
    if (count > bytes.remaining()) {
      throw malformed("an end before its " + what);
    }
  }

  MalformedMessageException malformed(String why) {
    return new MalformedMessageException(
        "A message between ranks of " + bytes.limit() + " bytes has " + why);
  }
}
