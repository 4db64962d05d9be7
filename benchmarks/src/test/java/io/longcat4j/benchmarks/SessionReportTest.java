package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.LiveChunks.Backlog;
import io.longcat4j.benchmarks.SpokenTurns.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionReportTest {
  private static Answer answer(boolean ahead, double decided, double waited, int falseEnds) {
    return new Answer(ahead, decided, decided + 0.001, waited, falseEnds);
  }

  private static SessionReport report(double detection) {
    return new SessionReport(
        List.of(
            answer(true, 0.001, 0.600, 0),
            answer(true, 0.002, 0.605, 0),
            answer(true, 0.004, 0.700, 1),
            answer(false, 9, 9, 0)),
        List.of(answer(false, 0.020, 0.620, 0)),
        List.of(answer(true, 0.002, 0.310, 0)),
        List.of(0.300, 0.310),
        List.of(new Backlog(0.030, 0.020, 0.060)),
        Optional.of(
            new SessionReport.Far(
                List.of(
                    answer(true, 0.002, 0.603, 0),
                    answer(true, 0.003, 0.608, 0),
                    answer(true, 0.005, 0.703, 0),
                    answer(true, 9.002, 9.009, 0)),
                List.of(0.302, 0.312))),
        detection,
        10);
  }

  @Test
  void medians_and_the_bad_turns_stand_beside_their_bars() {
    String text = report(0.01).report().text(true);
    assertThat(text)
        .contains(
            "| end of turn decided to first sound, begun ahead | <= 3 ms | 2.00 ms | 4.00 ms | 3 | in the median |",
            "| end of turn decided to first sound, begun then | <= 15 ms | 20.00 ms | 20.00 ms | 1 | no |",
            "| the same, eager: 300 ms | <= 320 ms | 310.00 ms | 310.00 ms | 1 | yes |",
            "beyond least speech | <= 120 ms | 55.00 ms | 60.00 ms | 2 | yes |",
            "| taking in 1 s of sound and 2 pictures |  | 20.00 ms |",
            "| of that not taken in at the end of the turn | <= 1 chunks | 0.50 chunks | 0.50 chunks | 1 | yes |",
            "| detection, of one core | <= 2 % | 1.00 % |",
            "| questions answered before they were over, normal rule |  | 25.0 % |  | 4 |  |");
  }

  @Test
  void what_a_websocket_adds_is_taken_turn_by_turn() {
    ObjectNode figures = report(0.01).report().figures();
    assertThat(figures.at("/socket_seen/median").asDouble()).isEqualTo(0.001);
    assertThat(figures.at("/socket_waited/median").asDouble()).isEqualTo(0.003);
    assertThat(figures.at("/socket_waited/p95").asDouble()).isEqualTo(0.009);
    assertThat(figures.at("/socket_interrupted/median").asDouble()).isEqualTo(0.002);
  }

  @Test
  void detection_that_costs_too_much_is_told() {
    assertThat(report(0.021).report().text(true)).contains("<= 2 % | 2.10 % |  | 10 s | no |");
  }

  @Test
  void a_directory_without_questions_is_refused(@TempDir Path empty) {
    assertThatThrownBy(() -> SessionBench.Options.of(List.of(empty), 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no spoken question");
    assertThatThrownBy(() -> new SessionBench.Options(List.of(Path.of("a.wav")), 0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("0 turns");
  }
}
