package io.longcat4j.tokenizer;

/**
 * Translates a regular expression from Oniguruma's Ruby syntax, which {@code tokenizer.json} uses,
 * to Java's. Groups become non-capturing; what has no counterpart is refused by name.
 */
final class OnigurumaPattern {
  /** Java's counterpart of a quantified atom needs to know where the atom began. */
  private static final int NO_ATOM = -1;

  private final PatternScanner in;
  private final StringBuilder out = new StringBuilder();

  private OnigurumaPattern(String regex) {
    in = new PatternScanner(regex);
  }

  static String toJava(String regex) {
    OnigurumaPattern translation = new OnigurumaPattern(regex);
    translation.alternatives();
    if (translation.in.more()) {
      throw translation.in.refused("an unmatched )");
    }
    return translation.out.toString();
  }

  /** Reads up to the end or an unmatched closing parenthesis, which is left. */
  private void alternatives() {
    int atom = NO_ATOM;
    while (in.more() && in.peek() != ')') {
      int start = out.length();
      if (isQuantifier()) {
        if (atom == NO_ATOM) {
          throw in.refused("a quantifier with nothing before it");
        }
        quantifier(atom);
        atom = NO_ATOM;
      } else {
        atom = atom() ? start : NO_ATOM;
      }
    }
  }

  /** Translates one element; false where it cannot be repeated. */
  private boolean atom() {
    int c = in.next();
    switch (c) {
      case '|' -> out.append('|');
      case '^' -> out.append("(?:\\A|(?<=\\n)(?!\\z))");
      case '$' -> out.append("(?=\\n|\\z)");
      case '.' -> out.append("[^\\n]");
      case '(' -> {
        return group();
      }
      case '[' -> PatternClass.translate(in, out);
      case '\\' -> out.append(PatternEscape.translate(in, false));
      default -> PatternEscape.appendLiteral(c, out);
    }
    return c != '|';
  }

  private boolean group() {
    if (in.skip("?#")) {
      while (in.next() != ')') {
        // a comment has no meaning
      }
      return false;
    }
    out.append(opening());
    alternatives();
    if (!in.more()) {
      throw in.refused("an unclosed (");
    }
    in.next();
    out.append(')');
    return true;
  }

  private String opening() {
    for (String kept : new String[] {"?:", "?=", "?!", "?<=", "?<!", "?>"}) {
      if (in.skip(kept)) {
        return "(" + kept;
      }
    }
    if (in.skip("?i:")) {
      return "(?iu:";
    }
    if (in.skip("?-i:")) {
      return "(?-iu:";
    }
    if (in.skip("?<")) {
      while (in.next() != '>') {
        // the group's name is not needed
      }
      return "(?:";
    }
    if (in.more() && in.peek() == '?') {
      throw in.refused("an option group other than (?i:...)");
    }
    return "(?:";
  }

  private boolean isQuantifier() {
    int c = in.peek();
    return c == '*' || c == '+' || c == '?' || (c == '{' && in.interval() != null);
  }

  private void quantifier(int atom) {
    PatternScanner.Interval interval = in.interval();
    if (interval == null) {
      out.appendCodePoint(in.next());
      if (in.more() && (in.peek() == '?' || in.peek() == '+')) {
        out.appendCodePoint(in.next());
      }
    } else {
      in.skip(interval.source());
      out.append(interval.java());
      if (in.more() && (in.peek() == '?' || in.peek() == '+')) {
        boolean lazy = in.peek() == '?' && !interval.exact();
        if (!lazy) {
          // Ruby: x{2,3}+ and x{2}? are quantifiers of quantifiers, not possessive or lazy ones
          out.insert(atom, "(?:").append(')');
        }
        out.appendCodePoint(in.next());
      }
    }
    if (in.more() && isQuantifier()) {
      throw in.refused("a quantifier after a quantifier");
    }
  }
}
