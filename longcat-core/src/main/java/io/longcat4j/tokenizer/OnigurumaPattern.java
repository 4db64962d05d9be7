package io.longcat4j.tokenizer;

/**
 * Translates a regular expression from Oniguruma's Ruby syntax, which {@code tokenizer.json} uses,
 * to Java's. Groups become non-capturing; what has no counterpart is refused by name.
 */
final class OnigurumaPattern {
  /** Java's counterpart of a quantified atom needs to know where the atom began. */
  private static final int NO_ATOM = -1;

  /** More than any published pattern; the compiler's recursion is as deep as there are elements. */
  private static final int MOST_ATOMS = 2000;

  private static final int MOST_CHOICES = 1024;

  private final PatternScanner in;
  private final StringBuilder out = new StringBuilder();
  private int atoms;
  private double choices = 1;

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

  /**
   * Reads up to the end or an unmatched closing parenthesis, which is left.
   *
   * @return whether it may match nothing at all
   */
  private boolean alternatives() {
    int empty = 0;
    boolean more = true;
    while (more) {
      empty += sequence() ? 1 : 0;
      more = in.skip("|");
      if (more) {
        out.append('|');
      }
    }
    choose(Math.max(1, empty));
    return empty > 0;
  }

  private boolean sequence() {
    int atom = NO_ATOM;
    double choicesBefore = choices;
    boolean isEmpty = true;
    boolean isAtomEmpty = true;
    while (in.more() && in.peek() != ')' && in.peek() != '|') {
      if (isQuantifier()) {
        if (atom == NO_ATOM) {
          throw in.refused("a quantifier with nothing before it");
        }
        isAtomEmpty = quantifier(atom, isAtomEmpty, choices / choicesBefore);
        atom = NO_ATOM;
      } else {
        isEmpty &= isAtomEmpty;
        choicesBefore = choices;
        int start = in.looksAt("(?#") ? NO_ATOM : out.length();
        isAtomEmpty = atom();
        atom = start;
      }
    }
    return isEmpty && isAtomEmpty;
  }

  /** Ways to match nothing multiply, and no character of a text bounds the time they take. */
  private void choose(double ways) {
    choices *= ways;
    if (choices > MOST_CHOICES) {
      throw in.refused("more than " + MOST_CHOICES + " ways to match nothing");
    }
  }

  /** Translates one element; tells whether it may match nothing. */
  private boolean atom() {
    if (++atoms > MOST_ATOMS) {
      throw in.refused("more than " + MOST_ATOMS + " elements");
    }
    int c = in.next();
    switch (c) {
      case '^' -> out.append("(?:\\A|(?<=\\n)(?!\\z))");
      case '$' -> out.append("(?=\\n|\\z)");
      case '.' -> out.append("[^\\n]");
      case '(' -> {
        return group();
      }
      case '[' -> PatternClass.translate(in, out);
      case '\\' -> {
        boolean isAnchor = in.more() && "AzZbB".indexOf(in.peek()) >= 0;
        out.append(PatternEscape.translate(in, false));
        return isAnchor;
      }
      default -> PatternEscape.appendLiteral(c, out);
    }
    return c == '^' || c == '$';
  }

  private boolean group() {
    if (in.skip("?#")) {
      while (in.next() != ')') {
        // a comment has no meaning
      }
      return true;
    }
    in.enter();
    boolean looksAround =
        in.looksAt("?=") || in.looksAt("?!") || in.looksAt("?<=") || in.looksAt("?<!");
    out.append(opening());
    boolean isEmpty = alternatives();
    if (!in.more()) {
      throw in.refused("an unclosed (");
    }
    in.next();
    in.leave();
    out.append(')');
    return isEmpty || looksAround;
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

  /** Translates a quantifier of an atom with so many ways; tells whether it may match nothing. */
  private boolean quantifier(int atom, boolean isAtomEmpty, double ways) {
    PatternScanner.Interval interval = in.interval();
    int least = interval == null ? (in.peek() == '+' ? 1 : 0) : interval.least();
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
    if (isAtomEmpty) {
      choose(least == 0 ? 2 : least * Math.pow(ways, least - 1));
    }
    return isAtomEmpty || least == 0;
  }
}
