package io.longcat4j.cli.chat;

import io.longcat4j.AudioDelta;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was said in a spoken conversation, as far as it was heard. Thread-safe. */
final class SpokenLog {
  private final ChatLog log = new ChatLog();
  private final List<ChatLine.Attach> attached = new ArrayList<>();
  private final StringBuilder asked = new StringBuilder();
  private final StringBuilder words = new StringBuilder();
  private List<AudioDelta> sound = new ArrayList<>();

  synchronized void attached(ChatLine.Attach file) {
    attached.add(file);
  }

  synchronized void said(String text) {
    asked.append(asked.isEmpty() ? "" : " ").append(text);
  }

  synchronized void replyBegins() {
    words.setLength(0);
    sound = new ArrayList<>();
    log.user(attached, asked.toString());
    attached.clear();
    asked.setLength(0);
  }

  synchronized void words(String text) {
    words.append(text);
  }

  synchronized void sound(AudioDelta more) {
    sound.add(more);
  }

  /** The reply ends with these words, before its end or after it. */
  synchronized void cut(String kept) {
    words.setLength(0);
    words.append(kept);
    log.replaceLastReply(kept);
  }

  synchronized void replyEnds(boolean kept) {
    if (kept) {
      log.assistant(words.toString());
    } else {
      log.forgetLast();
    }
  }

  synchronized void clear() {
    log.clear();
    attached.clear();
    asked.setLength(0);
    sound = new ArrayList<>();
  }

  synchronized void save(Path file, ChatScreen screen) {
    log.save(file, sound, screen);
  }
}
