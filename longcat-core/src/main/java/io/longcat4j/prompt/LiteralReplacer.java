package io.longcat4j.prompt;

/**
 * Replaces a string in a text that arrives in portions; what may be the beginning of the string is
 * held back. Not thread-safe.
 */
final class LiteralReplacer {
  private final String target;
  private final String replacement;
  private final StringBuilder held = new StringBuilder();

  LiteralReplacer(String target, String replacement) {
    this.target = target;
    this.replacement = replacement;
  }

  String feed(String text) {
    held.append(text);
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = held.indexOf(target); at >= 0; at = held.indexOf(target, from)) {
      out.append(held, from, at).append(replacement);
      from = at + target.length();
    }
    int to = beginningOfTarget(from);
    out.append(held, from, to);
    held.delete(0, to);
    return out.toString();
  }

  String finish() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }

  private int beginningOfTarget(int from) {
    for (int at = Math.max(from, held.length() - target.length() + 1); at < held.length(); at++) {
      if (target.startsWith(held.substring(at))) {
        return at;
      }
    }
    return held.length();
  }
}
