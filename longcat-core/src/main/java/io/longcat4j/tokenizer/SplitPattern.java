package io.longcat4j.tokenizer;

import io.longcat4j.InvalidRequestException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A compiled pattern of a {@code tokenizer.json}. Thread-safe. */
final class SplitPattern {
  private final String written;
  private final Pattern pattern;

  private SplitPattern(String written, Pattern pattern) {
    this.written = written;
    this.pattern = pattern;
  }

  /** A pattern in the dialect of {@code tokenizer.json} (Oniguruma, Ruby syntax). */
  static SplitPattern ofOniguruma(String regex) {
    try {
      return new SplitPattern(regex, Pattern.compile(OnigurumaPattern.toJava(regex)));
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("more parts than the stack of this thread can take", e);
    }
  }

  /** A pattern in Java's own dialect. */
  static SplitPattern ofJava(String regex) {
    return new SplitPattern(regex, Pattern.compile(regex));
  }

  /** Plain characters. */
  static SplitPattern ofLiteral(String literal) {
    return new SplitPattern(literal, Pattern.compile(literal, Pattern.LITERAL));
  }

  /** Cuts a text into matches and what lies between them, in order and without gaps. */
  Spans spansOf(String text, Steps steps) {
    try {
      return cut(text, steps);
    } catch (Steps.Exhausted e) {
      throw new InvalidRequestException(
          "A text of "
              + text.length()
              + " characters takes the checkpoint's pattern "
              + this
              + " too many steps; pass it in shorter parts, or use the tokenizer.json that the"
              + " checkpoint was published with",
          e);
    } catch (StackOverflowError e) {
      throw new InvalidRequestException(
          "A text of "
              + text.length()
              + " characters needs too much stack for the checkpoint's pattern "
              + this
              + "; pass it in shorter parts or from a thread with more stack",
          e);
    }
  }

  /** As the file writes it, cut where it is long. */
  @Override
  public String toString() {
    return written.length() > 200 ? written.substring(0, 200) + "..." : written;
  }

  private Spans cut(String text, Steps steps) {
    Spans spans = new Spans();
    Matcher matcher = pattern.matcher(steps.counting(CategoryDrift.shadowOnThisJdk(text)));
    int end = 0;
    boolean first = true;
    while (matcher.find()) {
      boolean empty = matcher.end() == matcher.start();
      if (empty && ((matcher.end() == end && !first) || isInsidePair(text, end, matcher.end()))) {
        continue;
      }
      if (end != matcher.start()) {
        spans.add(matcher.start(), false);
      }
      spans.add(matcher.end(), true);
      end = matcher.end();
      first = false;
    }
    if (end != text.length()) {
      spans.add(text.length(), false);
    }
    return spans;
  }

  private static boolean isInsidePair(String text, int from, int at) {
    return at > from
        && at < text.length()
        && Character.isLowSurrogate(text.charAt(at))
        && Character.isHighSurrogate(text.charAt(at - 1));
  }

  /** Consecutive stretches of a text. Not thread-safe. */
  static final class Spans {
    private final IntList ends = new IntList();
    private final java.util.BitSet matches = new java.util.BitSet();

    private void add(int end, boolean match) {
      matches.set(ends.size(), match);
      ends.add(end);
    }

    int count() {
      return ends.size();
    }

    int end(int index) {
      return ends.get(index);
    }

    boolean isMatch(int index) {
      return matches.get(index);
    }
  }
}
