package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PulseTest {
  private static final long LIMIT = 100;

  private static OptionalInt missing(Pulse... pulses) {
    return Pulse.missing(List.of(pulses), LIMIT);
  }

  private static Pulse working(long rounds) {
    return new Pulse(rounds, 0, Figures.NONE);
  }

  private static Pulse waiting(long rounds, long nanos) {
    return new Pulse(rounds, nanos, Figures.NONE);
  }

  @Test
  void nobody_is_missing_while_no_one_has_waited_for_long() {
    assertThat(missing(waiting(3, 100), working(2), waiting(4, 99))).isEmpty();
    assertThat(missing(working(0), working(0))).isEmpty();
  }

  @Test
  void who_has_not_come_is_missing() {
    assertThat(missing(waiting(3, 101), waiting(4, 99), working(2))).hasValue(2);
    assertThat(missing(working(2), waiting(3, 101))).hasValue(0);
  }

  @Test
  void who_came_late_and_waits_is_not_missing() {
    assertThat(missing(waiting(3, 1), working(2), waiting(4, 101))).hasValue(1);
    assertThat(missing(waiting(3, 1), waiting(4, 101), waiting(4, 101))).isEmpty();
  }

  @Test
  void who_works_between_two_rounds_is_not_missing_while_another_is_further_back() {
    assertThat(missing(working(3), waiting(4, 101), working(2))).hasValue(2);
    assertThat(missing(working(3), waiting(4, 101), working(4))).hasValue(0);
  }

  @Test
  void who_has_come_as_far_as_those_who_wait_is_not_missing() {
    assertThat(missing(working(4), waiting(4, 101))).isEmpty();
  }
}
