package io.longcat4j.tokenizer;

import java.util.Locale;
import java.util.Set;

/** Translates escapes of Oniguruma to Java's. White space, digits and words are Unicode's. */
final class PatternEscape {
  private static final String WORD =
      "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xB2\\xB3\\xB9\\xBC-\\xBE";
  private static final Set<String> CATEGORIES =
      Set.of(
          ("L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp"
                  + " C Cc Cf Cn Co Cs")
              .split(" "));

  private PatternEscape() {}

  /** Reads what follows a backslash. */
  static String translate(PatternScanner in, boolean inClass) {
    int c = in.next();
    return switch (c) {
      case 's' -> "\\p{IsWhite_Space}";
      case 'S' -> "\\P{IsWhite_Space}";
      case 'd' -> "\\p{Nd}";
      case 'D' -> "\\P{Nd}";
      case 'w' -> "[" + WORD + "]";
      case 'W' -> "[^" + WORD + "]";
      case 'h' -> "[0-9A-Fa-f]";
      case 'H' -> "[^0-9A-Fa-f]";
      case 't', 'n', 'r', 'f', 'a', 'e' -> "\\" + (char) c;
      case 'v' -> "\\x0B";
      case 'p' -> property(in, false);
      case 'P' -> property(in, true);
      case 'x' -> hexadecimal(in.skip("{") ? in.codePoint(in.until('}')) : in.hex(2));
      case 'u' -> hexadecimal(in.hex(4));
      default -> inClass ? literal(c, in) : anchorOr(c, in);
    };
  }

  static void appendLiteral(int codePoint, StringBuilder out) {
    boolean alphanumeric = codePoint < 0x80 && Character.isLetterOrDigit(codePoint);
    if (codePoint < 0x80 && !alphanumeric) {
      out.append(hexadecimal(codePoint));
    } else {
      out.appendCodePoint(codePoint);
    }
  }

  private static String anchorOr(int c, PatternScanner in) {
    return switch (c) {
      case 'A', 'z' -> "\\" + (char) c;
      case 'Z' -> "(?=\\n?\\z)";
      case 'b' -> "(?:(?<=[" + WORD + "])(?![" + WORD + "])|(?<![" + WORD + "])(?=[" + WORD + "]))";
      case 'B' -> "(?:(?<=[" + WORD + "])(?=[" + WORD + "])|(?<![" + WORD + "])(?![" + WORD + "]))";
      default -> literal(c, in);
    };
  }

  private static String literal(int c, PatternScanner in) {
    if (c < 0x80 && Character.isLetterOrDigit(c)) {
      throw in.refused("the escape \\" + (char) c);
    }
    StringBuilder literal = new StringBuilder();
    appendLiteral(c, literal);
    return literal.toString();
  }

  private static String hexadecimal(int codePoint) {
    return String.format(Locale.ROOT, "\\x{%X}", codePoint);
  }

  private static String property(PatternScanner in, boolean negated) {
    if (!in.skip("{")) {
      throw in.refused("a property without braces");
    }
    boolean inverted = in.skip("^") != negated;
    String name = in.until('}').trim();
    return (inverted ? "\\P{" : "\\p{") + javaProperty(name, in) + "}";
  }

  private static String javaProperty(String name, PatternScanner in) {
    if (!name.isEmpty()) {
      String category =
          name.substring(0, 1).toUpperCase(Locale.ROOT)
              + name.substring(1).toLowerCase(Locale.ROOT);
      if (CATEGORIES.contains(category)) {
        return category;
      }
      try {
        return "Is" + Character.UnicodeScript.forName(name).name();
      } catch (IllegalArgumentException e) {
        throw in.refused("the property " + name);
      }
    }
    throw in.refused("a property without a name");
  }
}
