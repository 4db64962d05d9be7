package io.longcat4j.tokenizer;

import java.util.List;

/** What becomes of matches when a text is split. Names follow {@code tokenizer.json}. */
enum SplitBehavior {
  /** Every match is dropped. */
  REMOVED,
  /** Every match is a piece of its own. */
  ISOLATED,
  /** A match is joined to what is before it. */
  MERGED_WITH_PREVIOUS,
  /** A match is joined to what is after it. */
  MERGED_WITH_NEXT,
  /** Neighbouring matches are one piece. */
  CONTIGUOUS;

  /** Adds the pieces of a text to a list; empty ones are left out. */
  void split(String text, SplitPattern pattern, boolean invert, Steps steps, List<String> out) {
    SplitPattern.Spans spans = pattern.spansOf(text, steps);
    int start = 0;
    for (int i = 0; i < spans.count(); i++) {
      boolean match = spans.isMatch(i) != invert;
      if (i + 1 < spans.count() && joins(match, spans.isMatch(i + 1) != invert)) {
        continue;
      }
      int end = spans.end(i);
      if (end > start && !(this == REMOVED && match)) {
        out.add(text.substring(start, end));
      }
      start = end;
    }
  }

  private boolean joins(boolean match, boolean nextMatch) {
    return switch (this) {
      case REMOVED, ISOLATED -> false;
      case MERGED_WITH_PREVIOUS -> !match && nextMatch;
      case MERGED_WITH_NEXT -> match && !nextMatch;
      case CONTIGUOUS -> match == nextMatch;
    };
  }
}
