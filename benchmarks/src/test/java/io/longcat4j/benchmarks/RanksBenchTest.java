package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.parallel.Ranks;
import java.util.List;
import org.junit.jupiter.api.Test;

class RanksBenchTest {
  @Test
  void sums_are_measured_over_threads_and_over_tcp() {
    BenchReport report = new RanksBench(new RanksBench.Options(List.of(2), List.of(1, 2), 5)).run();
    assertThat(report.figures().get("sums")).hasSize(4);
    assertThat(report.text(true)).contains("threads of one process").contains("over TCP");
    report
        .figures()
        .get("sums")
        .forEach(
            one ->
                assertThat(one.get("medianSeconds").asDouble())
                    .isGreaterThanOrEqualTo(one.get("bestSeconds").asDouble()));
  }

  @Test
  void ranks_that_were_joined_elsewhere_are_measured_as_they_are() {
    RanksBench bench = new RanksBench(new RanksBench.Options(List.of(), List.of(1), 3));
    assertThat(bench.run(Ranks.single()).orElseThrow().text(false)).contains("one rank");
  }

  @Test
  void what_cannot_be_measured_is_refused() {
    assertThatThrownBy(() -> new RanksBench.Options(List.of(1), List.of(1), 3))
        .isInstanceOf(InvalidRequestException.class);
  }
}
