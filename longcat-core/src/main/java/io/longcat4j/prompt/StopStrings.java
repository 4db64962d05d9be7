package io.longcat4j.prompt;

import java.util.List;

/**
 * Cuts a text that arrives in portions before the stop string that is complete first, or the
 * longest of those that end at the same place. What may be the beginning of one is held back, so
 * that the result does not depend on the portions. Not thread-safe.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  StopStrings(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Takes more text; what comes after a stop string is dropped. */
  String feed(String text) {
    if (stopped || stops.isEmpty()) {
      return stopped ? "" : text;
    }
    for (int i = 0; i < text.length(); i++) {
      held.append(text.charAt(i));
      int length = longestEnd();
      if (length > 0) {
        stopped = true;
        return taken(held.length() - length);
      }
    }
    return taken(possibleStart());
  }

  /** What was held back; nothing after a stop string. */
  String finish() {
    return stopped ? "" : taken(held.length());
  }

  boolean isStopped() {
    return stopped;
  }

  private int longestEnd() {
    int longest = 0;
    for (String stop : stops) {
      int start = held.length() - stop.length();
      if (stop.length() > longest && start >= 0 && held.indexOf(stop, start) == start) {
        longest = stop.length();
      }
    }
    return longest;
  }

  private int possibleStart() {
    int first = held.length();
    for (String stop : stops) {
      int from = Math.max(0, held.length() - stop.length() + 1);
      for (int at = from; at < first; at++) {
        if (stop.startsWith(held.substring(at))) {
          first = at;
        }
      }
    }
    return first;
  }

  private String taken(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }
}
