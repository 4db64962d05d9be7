package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final RankFigures FIRST =
      new RankFigures(0, "alpha", Duration.ofMillis(120), Duration.ofMillis(70), 2_500_000);
  private static final RankFigures SECOND =
      new RankFigures(1, "beta", Duration.ofMillis(340), Duration.ofMillis(10), 1);

  @Test
  void oneRankHasNoFiguresOfRanks() {
    Statistics statistics = Statistics.builder().tokens(3, 0, 1).build();
    assertThat(statistics.ranks()).isEmpty();
    assertThat(statistics.toString()).endsWith(")]").doesNotContain("rank");
  }

  @Test
  void timesReadWell() {
    Statistics statistics =
        Statistics.builder()
            .tokens(37, 12, 21)
            .preparation(Duration.ofMillis(110), Duration.ofMillis(100))
            .model(Duration.ofNanos(40_000), Duration.ofMillis(200), Duration.ofMillis(2500))
            .pace(Duration.ofMillis(311), Duration.ofMillis(125), Duration.ofMillis(1004))
            .speech(Duration.ofMillis(450), Duration.ofMillis(400), 0.5)
            .build();
    assertThat(statistics)
        .hasToString(
            "Statistics[37 prompt tokens, 12 of them reused, 21 new; preparation 110.0 ms, queue 0.0"
                + " ms, prefill 200.0 ms, decode 2.50 s (8.0 tokens/s); first sound after 450.0 ms;"
                + " first token after 311.0 ms, then every 125.0 ms (p99 1.00 s)]");
  }

  @Test
  void severalRanksAreToldInTheirOrder() {
    List<RankFigures> given = new ArrayList<>(List.of(FIRST, SECOND));
    Statistics.Builder builder = Statistics.builder().tokens(3, 0, 1).ranks(given);
    given.clear();
    Statistics statistics = builder.build();
    assertThat(statistics.ranks()).containsExactly(FIRST, SECOND);
    assertThat(statistics.toString())
        .contains(
            "; rank 0 on alpha: collectives 0.12 s, of which waiting 0.07 s, 2.500 MB sent"
                + "; rank 1 on beta: collectives 0.34 s, of which waiting 0.01 s, 0.000 MB sent]");
  }

  @Test
  void impossibleFiguresOfARankAreRefused() {
    assertThatThrownBy(() -> new RankFigures(-1, "alpha", Duration.ZERO, Duration.ZERO, 0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("rank is -1");
    assertThatThrownBy(() -> new RankFigures(0, "alpha", Duration.ZERO, Duration.ZERO, -5))
        .hasMessageContaining("bytes is -5");
  }
}
