package io.longcat4j.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.AudioDelta;
import io.longcat4j.BackendException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Samples;
import io.longcat4j.TextDelta;
import io.longcat4j.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox outbox = new Outbox();
  private final List<String> told = new ArrayList<>();
  private final Producer producer =
      new Producer() {
        @Override
        public void resume() {
          told.add("resume");
        }

        @Override
        public void cancel() {
          told.add("cancel");
        }
      };

  private static AudioDelta second() {
    return new AudioDelta(new Samples(new float[1000], 1000), 0, 0, 0);
  }

  @Test
  void wordsThatWaitGrowTogetherUpToAnotherEvent() {
    outbox.put(new TextDelta("a"));
    outbox.put(new TextDelta("b"));
    outbox.put(new Warning("w"));
    outbox.put(new TextDelta("c"));
    assertThat(outbox.poll()).isEqualTo(new TextDelta("ab"));
    assertThat(outbox.poll()).isEqualTo(new Warning("w"));
    outbox.put(new TextDelta("d"));
    assertThat(outbox.poll()).isEqualTo(new TextDelta("cd"));
    assertThat(outbox.poll()).isNull();
  }

  @Test
  void soundFillsItAndReadingMakesRoomOnce() {
    outbox.attach(producer);
    told.clear();
    for (int i = 0; i < Outbox.MAX_SECONDS - 1; i++) {
      outbox.put(second());
    }
    assertThat(outbox.isFull()).isFalse();
    outbox.put(second());
    outbox.put(second());
    assertThat(outbox.isFull()).isTrue();
    outbox.poll();
    assertThat(outbox.isFull()).isTrue();
    assertThat(told).isEmpty();
    outbox.poll();
    outbox.poll();
    assertThat(outbox.isFull()).isFalse();
    assertThat(told).containsExactly("resume");
  }

  @Test
  void wordsFillItToo() {
    outbox.attach(producer);
    told.clear();
    String page = "x".repeat(1024);
    for (int i = 0; i < Outbox.MAX_CHARS / 1024; i++) {
      assertThat(outbox.isFull()).isFalse();
      outbox.put(new TextDelta(page));
    }
    assertThat(outbox.isFull()).isTrue();
    outbox.poll();
    assertThat(outbox.isFull()).isFalse();
    assertThat(told).containsExactly("resume");
  }

  @Test
  void aFailureComesAfterTheEventsBeforeItAndCancels() {
    outbox.attach(producer);
    told.clear();
    BackendException failure = new BackendException("NaN");
    outbox.put(new TextDelta("a"));
    outbox.fail(failure);
    outbox.fail(new BackendException("later"));
    outbox.put(new TextDelta("b"));
    assertThat(outbox.poll()).isEqualTo(new TextDelta("a"));
    assertThatThrownBy(outbox::poll).isSameAs(failure);
    assertThatThrownBy(outbox::poll).isSameAs(failure);
    assertThat(told).containsExactly("cancel");
  }

  @Test
  void closingDropsWhatWaitsAndCancelsOnce() {
    outbox.attach(producer);
    told.clear();
    outbox.put(new TextDelta("a"));
    outbox.close();
    outbox.close();
    assertThatThrownBy(outbox::poll)
        .isInstanceOf(GenerationCancelledException.class)
        .hasMessageContaining("closed");
    assertThat(told).containsExactly("cancel");
  }

  @Test
  void aProducerThatComesTooLateIsCancelled() {
    outbox.close();
    outbox.attach(producer);
    assertThat(told).containsExactly("cancel");
  }

  @Test
  void theListenerIsToldOfEventsAndOfTheEnd() {
    AtomicInteger signals = new AtomicInteger();
    outbox.onAvailable(signals::incrementAndGet);
    outbox.put(second());
    assertThat(signals).hasValue(1);
    outbox.close();
    assertThat(signals).hasValue(2);
  }
}
