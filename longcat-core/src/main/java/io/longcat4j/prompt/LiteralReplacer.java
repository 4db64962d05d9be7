package io.longcat4j.prompt;

/**
 * Replaces a string in a text that arrives in portions; what may be the beginning of the string is
 * held back. Not thread-safe.
 */
final class LiteralReplacer implements TextReplacer {
  private final String target;
  private final String replacement;
  private final StringBuilder held = new StringBuilder();

  LiteralReplacer(String target, String replacement) {
    this.target = target;
    this.replacement = replacement;
  }

  @Override
  public String feed(String text) {
    if (held.isEmpty() && !mayBegin(text)) {
      return text;
    }
    held.append(text);
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = held.indexOf(target); at >= 0; at = held.indexOf(target, from)) {
      out.append(held, from, at).append(replacement);
      from = at + target.length();
    }
    int to = beginningOfTarget(held, from);
    out.append(held, from, to);
    held.delete(0, to);
    return out.toString();
  }

  private boolean mayBegin(String text) {
    return text.contains(target) || beginningOfTarget(text, 0) < text.length();
  }

  @Override
  public String finish() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }

  /** Where the rest of the text may be the beginning of the target, else the text's end. */
  private int beginningOfTarget(CharSequence text, int from) {
    for (int at = Math.max(from, text.length() - target.length() + 1); at < text.length(); at++) {
      if (begins(text, at)) {
        return at;
      }
    }
    return text.length();
  }

  private boolean begins(CharSequence text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) != target.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }
}
