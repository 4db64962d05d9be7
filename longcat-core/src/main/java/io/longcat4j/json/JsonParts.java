package io.longcat4j.json;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a network that every JSON document is made of. White space is allowed where people
 * put it: one space, or a line break and its indentation, after an opening bracket, a comma or a
 * colon and before a closing bracket. Numbers have at most 18 digits before and 17 after the point.
 * Characters beyond the basic plane are written as they are, never as two escapes.
 */
final class JsonParts {
  /** In the place of a maximum where there is none. */
  static final int UNBOUNDED = -1;

  /** How deep values nest about which a schema says nothing. */
  private static final int ANY_DEPTH = 16;

  private static final int MAX_INDENT = 40;
  private static final int MAX_INTEGER_DIGITS = 18;
  private static final int MAX_FRACTION_DIGITS = 17;
  private static final int MAX_EXPONENT_DIGITS = 2;

  private final NetworkBuilder network;
  private final int space;
  private final int rawCharacter;
  private final int character;
  private final int integer;
  private final int number;
  private final List<Integer> anyByDepth = new ArrayList<>();

  JsonParts(NetworkBuilder network) {
    this.network = network;
    this.space = whiteSpace();
    this.rawCharacter = characterPart(false);
    this.character = characterPart(true);
    this.integer = numberPart(false);
    this.number = numberPart(true);
  }

  int space() {
    return space;
  }

  int integer() {
    return integer;
  }

  int number() {
    return number;
  }

  /** True or false. */
  int truth() {
    int start = network.state();
    network.skip(start, literal("true"));
    network.skip(start, literal("false"));
    return start;
  }

  int nothing() {
    return literal("null");
  }

  /** No value at all. */
  int none() {
    return network.state();
  }

  private int literal(String json) {
    int start = network.state();
    network.markEnd(network.read(start, json));
    return start;
  }

  /** Any value. */
  int any() {
    return any(ANY_DEPTH);
  }

  /** A string of so many code points; the maximum may be {@link #UNBOUNDED}. */
  int string(int minLength, int maxLength) {
    int start = network.state();
    int at = network.read(start, '"');
    int end = network.end();
    for (int i = 0; i < minLength; i++) {
      at = network.call(at, character);
    }
    for (int i = minLength; i < maxLength; i++) {
      network.range(at, '"', '"', end);
      at = network.call(at, character);
    }
    if (maxLength == UNBOUNDED) {
      network.call(at, character, at);
    }
    if (maxLength == UNBOUNDED || maxLength >= minLength) {
      network.range(at, '"', '"', end);
    }
    return start;
  }

  /** Reads a given key, the colon and a value; returns where they lead. */
  int member(int from, String key, int value) {
    int colon = network.read(from, JsonText.of(key) + ":");
    return network.call(network.call(colon, space), value);
  }

  /** Reads a key that is none of the given ones, the colon and a value; leads to a given state. */
  void otherMember(int from, List<String> keys, int value, int to) {
    int colon = network.state();
    new OtherKeys(network, rawCharacter).read(network.read(from, '"'), keys, colon);
    network.call(network.call(network.read(colon, ':'), space), value, to);
  }

  /** Reads a closing bracket, perhaps after white space. */
  void close(int from, char bracket, int end) {
    network.range(network.call(from, space), bracket, bracket, end);
  }

  private int any(int depth) {
    while (anyByDepth.size() <= depth) {
      anyByDepth.add(anyPart(anyByDepth.size()));
    }
    return anyByDepth.get(depth);
  }

  private int anyPart(int depth) {
    int start = network.state();
    network.skip(start, literal("true"));
    network.skip(start, literal("false"));
    network.skip(start, literal("null"));
    network.skip(start, number);
    network.skip(start, string(0, UNBOUNDED));
    if (depth > 0) {
      int value = anyByDepth.get(depth - 1);
      int end = network.end();
      int element = network.state();
      int open = network.call(network.read(start, '['), space);
      network.range(open, ']', ']', end);
      network.call(open, value, element);
      network.call(network.call(network.read(element, ','), space), value, element);
      close(element, ']', end);
      int member = network.state();
      int begin = network.call(network.read(start, '{'), space);
      network.range(begin, '}', '}', end);
      otherMember(begin, List.of(), value, member);
      otherMember(network.call(network.read(member, ','), space), List.of(), value, member);
      close(member, '}', end);
    }
    return start;
  }

  private int whiteSpace() {
    int start = network.end();
    int end = network.end();
    network.range(start, ' ', ' ', end);
    int at = network.end();
    network.range(start, '\n', '\n', at);
    for (int i = 0; i < MAX_INDENT; i++) {
      int next = network.end();
      network.range(at, ' ', ' ', next);
      at = next;
    }
    return start;
  }

  private int numberPart(boolean fraction) {
    int start = network.state();
    int unsigned = network.state();
    network.skip(start, unsigned);
    network.range(start, '-', '-', unsigned);
    int whole = network.end();
    network.range(unsigned, '0', '0', whole);
    int digit = network.end();
    network.range(unsigned, '1', '9', digit);
    network.skip(digit, whole);
    for (int i = 1; i < MAX_INTEGER_DIGITS; i++) {
      int next = network.end();
      network.range(digit, '0', '9', next);
      network.skip(next, whole);
      digit = next;
    }
    if (fraction) {
      int exact = digits(network.read(whole, '.'), MAX_FRACTION_DIGITS);
      network.skip(whole, exact);
      int signed = network.state();
      network.range(exact, 'e', 'e', signed);
      network.range(exact, 'E', 'E', signed);
      int exponent = network.state();
      network.skip(signed, exponent);
      network.range(signed, '+', '+', exponent);
      network.range(signed, '-', '-', exponent);
      digits(exponent, MAX_EXPONENT_DIGITS);
    }
    return start;
  }

  /** Reads one digit or more; returns the state they lead to, which ends the number. */
  private int digits(int from, int count) {
    int all = network.end();
    int at = from;
    for (int i = 0; i < count; i++) {
      int next = network.state();
      network.range(at, '0', '9', next);
      network.skip(next, all);
      at = next;
    }
    return all;
  }

  private int characterPart(boolean escapes) {
    int start = network.state();
    int end = network.end();
    network.range(start, 0x20, 0x21, end);
    network.range(start, 0x23, 0x5b, end);
    network.range(start, 0x5d, 0x7f, end);
    new Utf8(network, end).read(start);
    if (escapes) {
      escape(network.read(start, '\\'), end);
    }
    return start;
  }

  private void escape(int from, int end) {
    for (char c : "\"\\/bfnrt".toCharArray()) {
      network.range(from, c, c, end);
    }
    int four = network.read(from, 'u');
    int three = network.state();
    int two = network.state();
    int one = network.state();
    hex(four, '9', 'c', three);
    network.range(four, 'E', 'F', three);
    network.range(four, 'e', 'f', three);
    int surrogate = network.state();
    network.range(four, 'D', 'D', surrogate);
    network.range(four, 'd', 'd', surrogate);
    network.range(surrogate, '0', '7', two);
    hex(three, '9', 'f', two);
    hex(two, '9', 'f', one);
    hex(one, '9', 'f', end);
  }

  private void hex(int from, char lastDigit, char lastLetter, int to) {
    network.range(from, '0', lastDigit, to);
    network.range(from, 'a', lastLetter, to);
    network.range(from, 'A', Character.toUpperCase(lastLetter), to);
  }
}
