package io.longcat4j.session;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.LongCatException;
import io.longcat4j.TextDelta;
import io.longcat4j.TurnDone;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A reply of a session. Not thread-safe. */
final class Turn {
  private final int number;
  private final boolean spoken;
  private final long decidedNanos;
  private final StringBuilder words = new StringBuilder();
  private @Nullable Duration firstText;
  private @Nullable Duration firstAudio;
  private @Nullable ReplyReader reader;
  private boolean cut;
  private boolean ended;

  /**
   * A reply that was asked for.
   *
   * @param number of the reply
   * @param spoken whether it has sound
   * @param decidedNanos when it was known to be wanted
   */
  Turn(int number, boolean spoken, long decidedNanos) {
    this.number = number;
    this.spoken = spoken;
    this.decidedNanos = decidedNanos;
  }

  int number() {
    return number;
  }

  boolean isSpoken() {
    return spoken;
  }

  /** What it has told, if it is in writing. */
  String words() {
    return words.toString();
  }

  /** Whether nothing of it is told any more. */
  boolean isCut() {
    return cut;
  }

  boolean isEnded() {
    return ended;
  }

  /** Its events are read. */
  void read(ReplyReader by) {
    reader = by;
  }

  void readOn() {
    if (reader != null) {
      reader.readOn();
    }
  }

  void cut() {
    cut = true;
    if (reader != null) {
      reader.cancel();
    }
  }

  /** Takes the time of what is told first. */
  void told(Event event, long now) {
    if (!spoken && event instanceof TextDelta more) {
      words.append(more.text());
    }
    Duration since = Duration.ofNanos(now - decidedNanos);
    if (event instanceof TextDelta && firstText == null) {
      firstText = since;
    } else if (event instanceof AudioDelta && firstAudio == null) {
      firstAudio = since;
    }
  }

  TurnDone done(TurnDone.End end, @Nullable Done done, @Nullable LongCatException failure) {
    ended = true;
    return new TurnDone(
        number,
        end,
        Optional.ofNullable(done),
        Optional.ofNullable(failure),
        Optional.ofNullable(firstText),
        Optional.ofNullable(firstAudio));
  }
}
