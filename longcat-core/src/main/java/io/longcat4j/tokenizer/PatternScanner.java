package io.longcat4j.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a regular expression code point by code point. Not thread-safe. */
final class PatternScanner {

  /**
   * A bounded repetition.
   *
   * @param source as written
   * @param java as Java writes it
   * @param exact whether it has one bound only
   * @param least its lower bound
   */
  record Interval(String source, String java, boolean exact, int least) {}

  private static final Pattern INTERVAL = Pattern.compile("\\{(\\d*)(,?)(\\d*)\\}");

  private static final int LONGEST = 20_000;
  private static final int DEEPEST = 250;
  private static final int MOST_REPEATS = 100_000;

  private final String regex;
  private int position;
  private int depth;

  PatternScanner(String regex) {
    this.regex = regex;
    if (regex.length() > LONGEST) {
      throw refused(regex.length() + " characters, more than " + LONGEST + ",");
    }
  }

  /** Begins a group or a class. */
  void enter() {
    if (++depth > DEEPEST) {
      throw refused("groups nested more than " + DEEPEST + " deep");
    }
  }

  /** Ends it. */
  void leave() {
    depth--;
  }

  boolean more() {
    return position < regex.length();
  }

  int peek() {
    if (!more()) {
      throw refused("an end too early");
    }
    return regex.codePointAt(position);
  }

  int next() {
    int codePoint = peek();
    position += Character.charCount(codePoint);
    return codePoint;
  }

  boolean skip(String expected) {
    boolean found = regex.startsWith(expected, position);
    position += found ? expected.length() : 0;
    return found;
  }

  boolean looksAt(String expected) {
    return regex.startsWith(expected, position);
  }

  /** A code point in hexadecimal digits. */
  int codePoint(String digits) {
    try {
      int codePoint = Integer.parseInt(digits, 16);
      if (codePoint >= 0 && codePoint <= Character.MAX_CODE_POINT) {
        return codePoint;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw refused("the code point " + digits);
  }

  /** Hexadecimal digits, at most so many. */
  int hex(int atMost) {
    int start = position;
    while (more() && position - start < atMost && Character.digit(peek(), 16) >= 0) {
      position++;
    }
    if (position == start) {
      throw refused("an escape without hexadecimal digits");
    }
    return Integer.parseInt(regex.substring(start, position), 16);
  }

  /** Everything up to a closing character, which is read too. */
  String until(char close) {
    int end = regex.indexOf(close, position);
    if (end < 0) {
      throw refused("a missing " + close);
    }
    String text = regex.substring(position, end);
    position = end + 1;
    return text;
  }

  /** The repetition at this place, without reading it; braces around anything else are literal. */
  @Nullable Interval interval() {
    Matcher matcher = INTERVAL.matcher(regex).region(position, regex.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    String from = matcher.group(1);
    String to = matcher.group(3);
    boolean exact = matcher.group(2).isEmpty();
    if (from.isEmpty() && to.isEmpty()) {
      return null;
    }
    String java = exact ? "{" + from + "}" : "{" + (from.isEmpty() ? "0" : from) + "," + to + "}";
    int least = from.isEmpty() ? 0 : bound(from);
    if (!to.isEmpty()) {
      bound(to);
    }
    return new Interval(matcher.group(), java, exact, least);
  }

  /** Oniguruma's own limit. */
  private int bound(String digits) {
    if (digits.length() > 6 || Integer.parseInt(digits) > MOST_REPEATS) {
      throw refused("a repetition of more than " + MOST_REPEATS);
    }
    return Integer.parseInt(digits);
  }

  IllegalArgumentException refused(String what) {
    return new IllegalArgumentException(what + " at offset " + position);
  }
}
