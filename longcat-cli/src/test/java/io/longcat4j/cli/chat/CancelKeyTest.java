package io.longcat4j.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancelKeyTest {
  private final List<String> happened = new ArrayList<>();
  private final CancelKey key =
      new CancelKey(() -> happened.add("end"), () -> happened.add("hint"));

  @Test
  void a_first_press_ends_what_runs_and_a_second_one_the_program() {
    key.during(
        () -> {
          key.press();
          assertThat(Thread.currentThread().isInterrupted()).isTrue();
          assertThat(key.isPressed()).isTrue();
        });
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(happened).isEmpty();
    key.press();
    assertThat(happened).containsExactly("end");
  }

  @Test
  void where_nothing_runs_the_first_press_hints_at_the_second() {
    key.press();
    key.press();
    assertThat(happened).containsExactly("hint", "end");
  }

  @Test
  void what_is_typed_in_between_makes_a_press_the_first_one_again() {
    key.press();
    key.typed();
    key.press();
    key.typed();
    key.during(key::press);
    assertThat(happened).containsExactly("hint", "hint");
  }
}
