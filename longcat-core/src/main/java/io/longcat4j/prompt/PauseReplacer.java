package io.longcat4j.prompt;

/**
 * Takes pauses out of a text: one right after a full stop leaves a space, any other leaves nothing.
 * The full stop itself is not held back, so that a stop string that ends in one need not wait. Not
 * thread-safe.
 */
final class PauseReplacer implements TextReplacer {
  private static final String PAUSE = Marker.PAUSE.text();

  private final StringBuilder held = new StringBuilder();

  /** The character before what is held. */
  private char last;

  @Override
  public String feed(String text) {
    if (held.isEmpty() && text.indexOf(PAUSE.charAt(0)) < 0) {
      last = text.isEmpty() ? last : text.charAt(text.length() - 1);
      return text;
    }
    held.append(text);
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = held.indexOf(PAUSE); at >= 0; at = held.indexOf(PAUSE, from)) {
      take(from, at, out);
      out.append(last == '.' ? " " : "");
      last = '>';
      from = at + PAUSE.length();
    }
    int to = Math.max(from, held.length() - PAUSE.length() + 1);
    while (!PAUSE.startsWith(held.substring(to))) {
      to++;
    }
    take(from, to, out);
    held.delete(0, to);
    return out.toString();
  }

  private void take(int from, int to, StringBuilder out) {
    out.append(held, from, to);
    last = to > from ? held.charAt(to - 1) : last;
  }

  @Override
  public String finish() {
    String rest = held.toString();
    held.setLength(0);
    last = 0;
    return rest;
  }
}
