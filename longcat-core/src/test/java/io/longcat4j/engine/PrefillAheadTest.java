package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.EngineBusyException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefillAheadTest {
  private final List<Integer> submitted = new ArrayList<>();
  private final List<Sink> sinks = new ArrayList<>();
  private int cancelled;
  private boolean busy;
  private final PrefillAhead ahead = new PrefillAhead(this::submit);

  @Test
  void oneRunsAtATimeAndTheNextTakesAllThatCameMeanwhile() {
    ahead.of(rows(3));
    ahead.of(rows(5));
    ahead.of(rows(9));
    assertThat(submitted).containsExactly(3);
    end(0);
    assertThat(submitted).containsExactly(3, 9);
    end(1);
    ahead.of(rows(11));
    assertThat(submitted).containsExactly(3, 9, 11);
  }

  @Test
  void stoppingEndsWhatRunsAndForgetsWhatWaits() {
    ahead.stop();
    ahead.of(rows(3));
    ahead.of(rows(5));
    ahead.stop();
    assertThat(cancelled).isEqualTo(1);
    end(0);
    assertThat(submitted).containsExactly(3);
    ahead.of(rows(7));
    assertThat(submitted).containsExactly(3, 7);
  }

  @Test
  void whatCannotBeComputedAheadWaitsForMore() {
    busy = true;
    ahead.of(rows(3));
    ahead.of(rows(0));
    busy = false;
    ahead.of(rows(5));
    assertThat(submitted).containsExactly(5);
  }

  private Ticket submit(PromptRows rows, Sink sink) {
    if (busy) {
      throw new EngineBusyException("busy");
    }
    submitted.add(rows.rows());
    sinks.add(sink);
    return new Ticket() {
      @Override
      public void cancel(LongCatException reason) {
        cancelled++;
      }

      @Override
      public void wake() {}
    };
  }

  private void end(int request) {
    sinks.get(request).onFailed(new LongCatException("ended"));
  }

  private static PromptRows rows(int count) {
    return PromptRows.of(new int[count]);
  }
}
