package io.longcat4j.tokenizer;

/** Translates a character class such as {@code [^\s\p{L}]}, brackets included. */
final class PatternClass {
  private PatternClass() {}

  /** Reads what follows an opening bracket and appends the Java class. */
  static void translate(PatternScanner in, StringBuilder out) {
    in.enter();
    out.append('[');
    if (in.skip("^")) {
      out.append('^');
    }
    boolean first = true;
    boolean afterCharacter = false;
    while (first || in.peek() != ']') {
      if (afterCharacter && isRange(in)) {
        in.next();
        out.append('-');
        if (!item(in, out)) {
          throw in.refused("a range that does not end in a character");
        }
        afterCharacter = false;
      } else {
        afterCharacter = item(in, out);
      }
      first = false;
      if (!in.more()) {
        throw in.refused("an unclosed [");
      }
    }
    in.next();
    in.leave();
    out.append(']');
  }

  /** Translates one member; true where it is a single character. */
  private static boolean item(PatternScanner in, StringBuilder out) {
    if (in.looksAt("[:")) {
      throw in.refused("a POSIX bracket");
    }
    if (in.skip("&&")) {
      out.append("&&");
      return false;
    }
    int c = in.next();
    if (c == '[') {
      translate(in, out);
      return false;
    }
    if (c != '\\') {
      PatternEscape.appendLiteral(c, out);
      return true;
    }
    boolean single = "sSdDwWhHpP".indexOf(in.peek()) < 0;
    out.append(PatternEscape.translate(in, true));
    return single;
  }

  /** A hyphen before the closing bracket stands for itself. */
  private static boolean isRange(PatternScanner in) {
    return in.peek() == '-' && !in.looksAt("-]");
  }
}
