package io.longcat4j.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DivergenceTest {
  @Test
  void it_is_the_mean_over_positions_in_nats() {
    Divergence.Sum sum = new Divergence.Sum();
    float[] quarters = {2, 2 + (float) Math.log(3)};
    sum.add(quarters, new float[] {-5, -5});
    sum.add(quarters, quarters);
    Divergence found = sum.result();
    double first = 0.25 * Math.log(0.25 / 0.5) + 0.75 * Math.log(0.75 / 0.5);
    assertThat(found.positions()).isEqualTo(2);
    assertThat(found.meanKl()).isCloseTo(first / 2, within(1e-6));
    assertThat(found.top1Agreement()).isEqualTo(0.5);
  }

  @Test
  void rows_in_memory_are_positions() {
    float[] expected = {0, (float) Math.log(3), 1, 1};
    Divergence found = Divergence.of(expected, new float[] {1, 1, 1, 1}, 2);
    double first = 0.25 * Math.log(0.25 / 0.5) + 0.75 * Math.log(0.75 / 0.5);
    assertThat(found.positions()).isEqualTo(2);
    assertThat(found.meanKl()).isCloseTo(first / 2, within(1e-6));
    assertThat(found.top1Agreement()).isEqualTo(0.5);
  }

  @Test
  void large_logits_and_impossible_tokens_do_no_harm() {
    Divergence.Sum sum = new Divergence.Sum();
    sum.add(new float[] {1e4f, -1e4f, 0}, new float[] {1e4f, 0, -1e4f});
    assertThat(sum.result()).isEqualTo(new Divergence(1, 0, 1));
  }
}
