package io.longcat4j.engine;

import io.longcat4j.decode.TextRule;
import io.longcat4j.prompt.ReplyText;
import java.util.List;

/** Gathers the words of a reply and cuts them at the first stop string. Not thread-safe. */
final class ReplyAssembly implements TextRule {
  private final ReplyText words;
  private final List<String> stops;
  private final StringBuilder text = new StringBuilder();
  private boolean stopped;

  ReplyAssembly(ReplyText words, List<String> stops) {
    this.words = words;
    this.stops = stops;
  }

  @Override
  public boolean isStopped(int id) {
    text.append(words.feed(id));
    return cutAtStop();
  }

  /** The whole text; call once, after the last id. */
  String finish() {
    if (!stopped) {
      text.append(words.finish());
      cutAtStop();
    }
    return text.toString();
  }

  private boolean cutAtStop() {
    int end = firstStop();
    if (end >= 0) {
      text.setLength(end);
      stopped = true;
    }
    return end >= 0;
  }

  /** Where the first of the stop strings begins, or -1. */
  private int firstStop() {
    int first = -1;
    for (int i = 0; i < stops.size(); i++) {
      int at = text.indexOf(stops.get(i));
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }
}
