package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.LongCatException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SenseTest {
  private final AtomicInteger opened = new AtomicInteger();
  private final List<String> closed = new ArrayList<>();
  private final Sense<String> eyes =
      new Sense<>(() -> "eyes " + opened.incrementAndGet(), closed::add);

  @Test
  void it_is_opened_once_when_it_is_asked_for() {
    assertThat(eyes.describe(String::toUpperCase)).isEqualTo("not opened before it is needed");
    assertThat(opened).hasValue(0);
    assertThat(eyes.get()).isSameAs(eyes.get()).isEqualTo("eyes 1");
    assertThat(eyes.describe(name -> name + " open")).isEqualTo("eyes 1 open");
  }

  @Test
  void closing_closes_what_was_opened_once_and_opens_nothing_anew() {
    assertThat(eyes.get()).isEqualTo("eyes 1");
    eyes.close();
    eyes.close();
    assertThat(closed).containsExactly("eyes 1");
    assertThatThrownBy(eyes::get)
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("closed");
    assertThat(opened).hasValue(1);
  }

  @Test
  void what_was_never_asked_for_is_not_closed() {
    eyes.close();
    assertThat(closed).isEmpty();
  }

  @Test
  void what_could_not_be_opened_is_tried_again() {
    Sense<String> ears =
        new Sense<>(
            () -> {
              if (opened.incrementAndGet() == 1) {
                throw new LongCatException("no file");
              }
              return "ears";
            },
            closed::add);
    assertThatThrownBy(ears::get).hasMessage("no file");
    assertThat(ears.get()).isEqualTo("ears");
    ears.close();
    assertThat(closed).containsExactly("ears");
  }
}
