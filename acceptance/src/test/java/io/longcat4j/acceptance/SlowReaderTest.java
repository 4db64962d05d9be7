package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Scheduling;
import io.longcat4j.Speech;
import io.longcat4j.TextDelta;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Replies that nobody reads, or seldom, beside others, where no more than two may run at once. */
@Tag("once")
class SlowReaderTest {
  private static final Scheduling TWO = Scheduling.builder().maxRunning(2).build();
  private static final Prompt QUESTION = Prompt.user("Tell me about Beijing.");

  private static final Generation SPOKEN =
      Generation.speech().toBuilder().maxNewTokens(1500).build();

  /** Enough steps for every reply beside it to fill what may wait; gives up rather than hang. */
  private static final Generation OTHER =
      Generation.builder().maxNewTokens(300).ignoreEos(true).timeout(Duration.ofMinutes(5)).build();

  /** What may wait: 10 s, the frames the voice was still given, and the stretch that went over. */
  private static final double MOST_SECONDS = 10 + 2 * 64 * 0.06;

  private static LongCat open() {
    return LongCat.builder().model(TestData.bf16()).contextLength(2000).scheduling(TWO).build();
  }

  @Test
  void repliesThatNobodyReadsAreBoundedAndHoldUpNobody() {
    List<ReplyStream> unread = new ArrayList<>();
    try (LongCat longcat = open()) {
      Prompt song = longSong(longcat);
      Reply alone = longcat.generate(QUESTION, OTHER);
      for (int i = 0; i < 4; i++) {
        unread.add(longcat.stream(song, SPOKEN));
      }
      unread.get(3).publisher().subscribe(new Idle());
      for (int i = 0; i < Length.of(2, 5); i++) {
        assertThat(longcat.generate(QUESTION, OTHER).textIds()).isEqualTo(alone.textIds());
      }
    }
    for (ReplyStream stream : unread.subList(0, 3)) {
      List<Event> waited = new ArrayList<>();
      assertThatThrownBy(() -> stream.forEach(waited::add))
          .isInstanceOf(GenerationCancelledException.class)
          .hasMessageContaining("closed");
      assertThat(seconds(waited)).isBetween(10.0, MOST_SECONDS);
    }
  }

  /** Random weights end some replies early; this one sounds longer than what may wait. */
  private static Prompt longSong(LongCat longcat) {
    for (int i = 0; ; i++) {
      Prompt song = Prompt.user("Sing song " + i);
      double seconds =
          longcat.generate(song, SPOKEN).speech().map(Speech::durationSeconds).orElse(0.0);
      if (seconds > MOST_SECONDS + 1) {
        return song;
      }
    }
  }

  private static double seconds(List<Event> events) {
    return events.stream()
        .filter(AudioDelta.class::isInstance)
        .mapToDouble(event -> ((AudioDelta) event).durationSeconds())
        .sum();
  }

  /** Asks for nothing. */
  private static final class Idle implements Flow.Subscriber<Event> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {}

    @Override
    public void onNext(Event event) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }

  @Test
  void aReaderWhoComesSeldomGetsTheWholeReply() {
    try (LongCat longcat = open()) {
      Prompt song = longSong(longcat);
      Reply whole = longcat.generate(song, SPOKEN);
      try (ReplyStream stream = longcat.stream(song, SPOKEN)) {
        Iterator<Event> events = stream.iterator();
        StringBuilder text = new StringBuilder();
        List<Event> heard = new ArrayList<>();
        while (events.hasNext()) {
          heard.add(events.next());
          if (heard.size() < Length.of(3, 8)) {
            longcat.generate(Prompt.user("Count to " + heard.size()), OTHER);
          }
        }
        heard.stream()
            .filter(TextDelta.class::isInstance)
            .forEach(event -> text.append(((TextDelta) event).text()));
        Done done = (Done) heard.get(heard.size() - 1);
        assertThat(text).hasToString(whole.text());
        assertThat(done.codecFrames()).isEqualTo(whole.codecFrames());
        assertThat(seconds(heard))
            .isCloseTo(whole.speech().orElseThrow().durationSeconds(), within(1e-6));
      }
    }
  }
}
