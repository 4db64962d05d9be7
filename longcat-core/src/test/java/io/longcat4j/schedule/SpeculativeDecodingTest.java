package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Backend;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.model.Fixture;
import io.longcat4j.model.Served;
import io.longcat4j.testing.DraftingCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a checkpoint whose greedy text a draft foretells, and on one where drafts are wrong. */
class SpeculativeDecodingTest {
  private static final PromptRows PROMPT = PromptRows.of(new int[] {5, 9, 200});
  private static final int LIMIT = 40;

  @TempDir static Path folder;
  private static Fixture fixture;
  private static List<List<Integer>> plain;

  private final Heard heard = new Heard();
  private Served served = Served.of(fixture.model(), null, 200);

  @BeforeAll
  static void open() {
    Path checkpoint = DraftingCheckpoint.predictable(folder.resolve("predictable"));
    fixture = Fixture.openDrafting(checkpoint, Backend.auto());
    plain =
        new Asked(PROMPT, false, LIMIT)
            .alone(fixture.model(), fixture.speechHeads(), AttentionPolicy.dense());
    assertThat(plain).hasSize(LIMIT);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @AfterEach
  void everyPageIsFreeInTheEnd() {
    assertThat(served.cache().freePages()).isEqualTo(served.cache().pages());
    served.close();
  }

  private Scheduler scheduler() {
    return scheduler(served);
  }

  private static Scheduler scheduler(Served served) {
    return new Scheduler(
        served.runner(),
        AttentionPolicy.dense(),
        served.cache(),
        new Limits(4, 10),
        decoding -> 64,
        () -> 0L);
  }

  private Ticket submit(Scheduler scheduler, int limit, EndOfText end, Sink sink) {
    Sampler sampler = new Sampler(Generation.text());
    TextDecoding decoding = new TextDecoding(sampler, id -> false, end, limit);
    return scheduler.submit(new Submission(PROMPT, decoding, limit, 0, Optional.empty(), sink));
  }

  private int stepsToTheEnd(Scheduler scheduler) {
    int steps = 0;
    while (scheduler.runOneStep()) {
      steps++;
    }
    return steps;
  }

  @Test
  void aRightDraftSavesAPass() {
    try (Scheduler scheduler = scheduler()) {
      submit(scheduler, LIMIT, EndOfText.never(), heard);
      int steps = stepsToTheEnd(scheduler);
      Outcome.Figures figures = heard.outcome.figures();
      assertThat(heard.chosen).isEqualTo(plain);
      assertThat(steps).isEqualTo(LIMIT - figures.accepted()).isLessThan(2 * LIMIT / 3);
      assertThat(figures.drafted()).isLessThan(steps);
      assertThat(figures.steps()).isEqualTo(LIMIT);
    }
  }

  @Test
  void aWrongDraftIsForgotten() {
    Path checkpoint = DraftingCheckpoint.random(folder.resolve("random"));
    try (Fixture wrong = Fixture.openDrafting(checkpoint, Backend.auto());
        Served other = Served.of(wrong.model(), null, 200);
        Scheduler scheduler = scheduler(other)) {
      List<List<Integer>> alone =
          new Asked(PROMPT, false, LIMIT)
              .alone(wrong.model(), wrong.speechHeads(), AttentionPolicy.dense());

      submit(scheduler, LIMIT, EndOfText.never(), heard);
      int steps = stepsToTheEnd(scheduler);

      Outcome.Figures figures = heard.outcome.figures();
      assertThat(heard.chosen).isEqualTo(alone);
      assertThat(figures.drafted() - figures.accepted()).isGreaterThan(LIMIT / 2);
      assertThat(steps).isEqualTo(LIMIT - figures.accepted());
      assertThat(heard.outcome.history().rows()).isEqualTo(PROMPT.rows() + LIMIT);
    }
  }

  @Test
  void anyLimitIsKept() {
    for (int limit = 1; limit < 12; limit++) {
      Heard one = new Heard();
      try (Scheduler scheduler = scheduler()) {
        submit(scheduler, limit, EndOfText.never(), one);
        stepsToTheEnd(scheduler);
        assertThat(one.chosen).isEqualTo(plain.subList(0, limit));
        assertThat(one.outcome.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(one.outcome.history().rows()).isEqualTo(PROMPT.rows() + limit);
      }
    }
  }

  @Test
  void nothingComesAfterTheEndOfTheText() {
    for (int last = 0; last < 12; last++) {
      Heard one = new Heard();
      int end = plain.get(last).get(0);
      assertThat(plain.subList(0, last)).as("the end is new").doesNotContain(List.of(end));
      try (Scheduler scheduler = scheduler()) {
        submit(scheduler, LIMIT, EndOfText.of(end), one);
        stepsToTheEnd(scheduler);
        assertThat(one.chosen).isEqualTo(plain.subList(0, last + 1));
        assertThat(one.outcome.finishReason()).isEqualTo(FinishReason.END);
      }
    }
  }

  @Test
  void nothingComesAfterACancellationInsideAStep() {
    for (int last = 1; last < 8; last++) {
      Heard one = new Heard();
      List<Ticket> ticket = new ArrayList<>();
      int count = last;
      try (Scheduler scheduler = scheduler()) {
        Sink cancelling =
            new Relay(one) {
              @Override
              public void onText(int id) {
                super.onText(id);
                if (one.chosen.size() == count) {
                  ticket.get(0).cancel(new GenerationCancelledException("enough"));
                }
              }
            };
        ticket.add(submit(scheduler, LIMIT, EndOfText.never(), cancelling));
        stepsToTheEnd(scheduler);
        assertThat(one.chosen).isEqualTo(plain.subList(0, last));
        assertThat(one.failure).hasMessage("enough");
      }
    }
  }

  @Test
  void aSinkThatCanTakeOneIdGetsOne() {
    int[] room = {0};
    heard.ready = () -> heard.chosen.size() < room[0];
    try (Scheduler scheduler = scheduler()) {
      submit(scheduler, LIMIT, EndOfText.never(), heard);
      while (room[0] < LIMIT) {
        room[0]++;
        stepsToTheEnd(scheduler);
        assertThat(heard.chosen).isEqualTo(plain.subList(0, room[0]));
      }
      assertThat(heard.outcome.figures().drafted()).isPositive();
      assertThat(heard.outcome.figures().accepted()).isZero();
    }
  }

  @Test
  void aDraftTakesNoPageFromAnybody() {
    served.close();
    served = Served.of(fixture.model(), null, 2 * PagedCache.PAGE_POSITIONS);
    Heard other = new Heard();
    int fullPage = PagedCache.PAGE_POSITIONS - PROMPT.rows();
    int end = plain.get(fullPage).get(0);
    try (Scheduler scheduler = scheduler()) {
      submit(scheduler, 2 * fullPage, EndOfText.of(end), heard);
      submit(scheduler, fullPage + 1, EndOfText.never(), other);
      stepsToTheEnd(scheduler);
      assertThat(heard.chosen).isEqualTo(plain.subList(0, fullPage + 1)).isEqualTo(other.chosen);
      assertThat(heard.outcome.figures().accepted()).isPositive();
      assertThat(other.outcome.figures().preemptions()).isZero();
    }
  }

  /** Hands everything on. */
  private static class Relay implements Sink {
    private final Sink to;

    Relay(Sink to) {
      this.to = to;
    }

    @Override
    public void onPrefilled(int reused, int computed) {
      to.onPrefilled(reused, computed);
    }

    @Override
    public void onText(int id) {
      to.onText(id);
    }

    @Override
    public void onDone(Outcome outcome) {
      to.onDone(outcome);
    }

    @Override
    public void onFailed(LongCatException reason) {
      to.onFailed(reason);
    }
  }
}
