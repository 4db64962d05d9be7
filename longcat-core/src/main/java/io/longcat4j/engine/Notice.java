package io.longcat4j.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that whoever uses an engine should know, told with one reply, because a log may have no
 * reader. Thread-safe.
 */
final class Notice {
  private final Optional<String> text;
  private final AtomicBoolean told = new AtomicBoolean();

  Notice(Optional<String> text) {
    this.text = text;
  }

  Optional<String> text() {
    return text;
  }

  /** The warnings of a reply, this one included the first time. */
  List<String> toTell() {
    return told.compareAndSet(false, true) ? text.stream().toList() : List.of();
  }

  /** What was taken last has reached nobody. */
  void untold() {
    told.set(false);
  }
}
