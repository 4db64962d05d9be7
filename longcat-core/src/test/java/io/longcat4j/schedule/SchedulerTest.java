package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.RankFailedException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.decode.TextRule;
import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.model.Fixture;
import io.longcat4j.model.Served;
import io.longcat4j.model.SpeechHeads;
import io.longcat4j.parallel.RankGroup;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final int PAGE = PagedCache.PAGE_POSITIONS;
  private static final int POSITIONS = 40 * PAGE;

  /** Positions that a head keeps, where it keeps few. */
  private static final AttentionPolicy FEW = AttentionPolicy.topK(3);

  private Fixture fixture;
  private Served served;
  private PagedCache cache;
  private long now;

  @BeforeEach
  void open() {
    fixture = Fixture.open(TestData.bf16(), Backend.auto());
    served = Served.of(fixture.model(), fixture.speechHeads(), POSITIONS);
    cache = served.cache();
  }

  @AfterEach
  void close() {
    assertThat(cache.freePages()).isEqualTo(cache.pages());
    served.close();
    fixture.close();
  }

  private Scheduler scheduler(int maxRunning, int queueLimit, int chunk) {
    return new Scheduler(
        served.runner(),
        AttentionPolicy.dense(),
        cache,
        new Limits(maxRunning, queueLimit),
        decoding -> chunk,
        () -> now);
  }

  private static PromptRows prompt(int seed, int rows) {
    return PromptRows.of(new Random(seed).ints(rows, 5, 600).toArray());
  }

  private static Decoding text(int limit) {
    return text(limit, id -> false);
  }

  private static Decoding text(int limit, TextRule rule) {
    return new TextDecoding(new Sampler(Generation.text()), rule, EndOfText.never(), limit);
  }

  private static Submission ask(PromptRows prompt, int limit, int priority, Sink sink) {
    return ask(prompt, limit == 0 ? null : text(limit), limit, priority, sink);
  }

  private static Submission ask(
      PromptRows prompt, @Nullable Decoding decoding, int limit, int priority, Sink sink) {
    return new Submission(prompt, decoding, limit, priority, Optional.empty(), sink);
  }

  private static void runToTheEnd(Scheduler scheduler) {
    while (scheduler.runOneStep()) {
      assertThat(scheduler.waiting()).isNotNegative();
    }
  }

  @Test
  void requestsBeyondTheQueueLimitAreRejectedUntilThereIsRoom() {
    try (Scheduler scheduler = scheduler(1, 2, 64)) {
      Heard first = new Heard();
      scheduler.submit(ask(prompt(1, 5), 3, 0, first));
      scheduler.submit(ask(prompt(2, 5), 3, 0, new Heard()));
      Submission third = ask(prompt(3, 5), 3, 0, new Heard());
      assertThatThrownBy(() -> scheduler.submit(third))
          .isInstanceOf(EngineBusyException.class)
          .hasMessageContaining("2 requests wait already")
          .hasMessageContaining("queueLimit");
      scheduler.runOneStep();
      scheduler.submit(third);
      assertThat(scheduler.waiting()).isEqualTo(2);
      runToTheEnd(scheduler);
      assertThat(first.outcome.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(scheduler.waiting()).isZero();
    }
  }

  @Test
  void aRankThatFailsEndsWhatRunsAndWhatWaitsAndWhatComesLater() {
    RankGroup group = RankGroup.local(2, RankTimes.DEFAULTS);
    try (Fixture ranked = Fixture.openRanked(TestData.bf16(), Backend.auto(), group);
        Served over = Served.of(ranked.model(), ranked.speechHeads(), POSITIONS);
        Scheduler scheduler =
            new Scheduler(
                over.runner(),
                AttentionPolicy.dense(),
                over.cache(),
                new Limits(2, 10),
                decoding -> 64,
                () -> now)) {
      List<Heard> all = List.of(new Heard(), new Heard(), new Heard(), new Heard());
      for (int i = 0; i < all.size(); i++) {
        scheduler.submit(ask(prompt(i, 20), 30, 0, all.get(i)));
      }
      scheduler.runOneStep();
      assertThat(scheduler.waiting()).isEqualTo(2);
      assertThat(all.get(0).chosen).isNotEmpty();
      group.others().get(0).abort(new IllegalStateException("planted"));
      scheduler.runOneStep();
      assertThat(all)
          .allSatisfy(
              heard ->
                  assertThat(heard.failure)
                      .isInstanceOfSatisfying(
                          RankFailedException.class,
                          failure -> assertThat(failure.rank()).isEqualTo(1))
                      .hasMessageContaining("planted"));
      assertThat(over.cache().freePages() + scheduler.keptPages()).isEqualTo(POSITIONS / PAGE);
      assertThatThrownBy(() -> scheduler.submit(ask(prompt(9, 5), 3, 0, new Heard())))
          .isInstanceOf(RankFailedException.class)
          .hasMessageContaining("planted");
      assertThat(scheduler.runOneStep()).isFalse();
    }
  }

  @Test
  void oneThatRestsMakesWayAndGoesOnWhenItIsReady() {
    List<List<Integer>> alone =
        new Asked(prompt(1, 20), false, 12).alone(fixture.model(), null, AttentionPolicy.dense());
    try (Scheduler scheduler = scheduler(1, 10, 64)) {
      Heard unread = new Heard();
      unread.ready = () -> unread.chosen.size() < 5;
      scheduler.submit(ask(prompt(1, 20), 12, 1, unread));
      Heard other = new Heard();
      scheduler.submit(ask(prompt(2, 20), 3, 0, other));
      runToTheEnd(scheduler);
      assertThat(other.outcome).isNotNull();
      assertThat(unread.chosen).hasSize(5);
      unread.ready = () -> true;
      runToTheEnd(scheduler);
      assertThat(unread.chosen).isEqualTo(alone);
      assertThat(unread.outcome.figures().preemptions()).isEqualTo(1);
    }
  }

  @Test
  void oneThatRestsMakesWayWhereItsPagesAreNeeded() {
    try (Scheduler scheduler = scheduler(8, 10, 64)) {
      Heard unread = new Heard();
      unread.ready = () -> unread.chosen.isEmpty();
      scheduler.submit(ask(prompt(1, 20 * PAGE), 3, 1, unread));
      runToTheEnd(scheduler);
      Heard growing = new Heard();
      scheduler.submit(ask(prompt(2, 19 * PAGE), 10 * PAGE, 0, growing));
      runToTheEnd(scheduler);
      assertThat(growing.outcome.figures().preemptions()).isZero();
      unread.ready = () -> true;
      runToTheEnd(scheduler);
      assertThat(unread.outcome.figures().preemptions()).isEqualTo(1);
    }
  }

  @Test
  void prefillEndsWhenTheFirstStepHasChosenAndDecodingIsTheRest() {
    try (Scheduler scheduler = ticking()) {
      Heard heard = new Heard();
      List<Long> times = new ArrayList<>();
      TextRule rule =
          id -> {
            times.add(now);
            return false;
          };
      Sampler slow = new Sampler(Generation.text(), new Slow());
      Decoding decoding = new TextDecoding(slow, rule, EndOfText.never(), 3);
      scheduler.submit(ask(prompt(1, 20), decoding, 3, 0, heard));
      long submitted = now;
      runToTheEnd(scheduler);
      Outcome.Figures cost = heard.outcome.figures();
      long first = submitted + cost.queued().plus(cost.prefill()).toNanos();
      // The rule is asked when the step has chosen.
      assertThat(first).isEqualTo(times.get(0));
      assertThat(first + cost.decode().toNanos()).isGreaterThan(times.get(2));
    }
  }

  /** To choose takes time. */
  private final class Slow implements TokenConstraint {
    @Override
    public void mask(float[] logits) {
      now += 1000;
    }

    @Override
    public void accept(int id) {}
  }

  @Test
  void prefillOfAPromptAloneEndsWhenItIsInTheCache() {
    try (Scheduler scheduler = ticking()) {
      Heard heard = new Heard();
      scheduler.submit(ask(prompt(1, 20), 0, 0, heard));
      runToTheEnd(scheduler);
      assertThat(heard.outcome.figures().prefill()).isPositive();
      assertThat(heard.outcome.figures().steps()).isZero();
    }
  }

  @Test
  void anErrorOfTheJvmInASinkEndsItsOwnRequestAloneAndIsTold() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard atTheEnd = new Heard();
      Heard atAStep = new Heard();
      Heard other = new Heard();
      scheduler.submit(ask(prompt(1, 9), 2, 0, new Failing(atTheEnd, false)));
      scheduler.submit(ask(prompt(2, 9), 2, 0, new Failing(atAStep, true)));
      scheduler.submit(ask(prompt(3, 9), 12, 0, other));
      runToTheEnd(scheduler);
      for (Heard heard : List.of(atTheEnd, atAStep)) {
        assertThat(heard.failure)
            .isInstanceOf(BackendException.class)
            .hasCauseInstanceOf(StackOverflowError.class);
      }
      assertThat(other.chosen).hasSize(12);
      assertThat(other.outcome).isNotNull();
    }
  }

  /** Throws at a step or at the end, and even where it is told of that. */
  private record Failing(Heard heard, boolean atAStep) implements Sink {
    @Override
    public void onText(int id) {
      if (atAStep) {
        throw new StackOverflowError("step");
      }
    }

    @Override
    public void onDone(Outcome outcome) {
      throw new StackOverflowError("end");
    }

    @Override
    public void onFailed(LongCatException reason) {
      heard.onFailed(reason);
      throw new AssertionError("told");
    }
  }

  /** One whose clock goes on at every look. */
  private Scheduler ticking() {
    Limits limits = new Limits(4, 4);
    return new Scheduler(
        served.runner(), AttentionPolicy.dense(), cache, limits, decoding -> 64, () -> ++now);
  }

  @Test
  void higherPrioritiesGoFirst() {
    List<String> ended = new ArrayList<>();
    try (Scheduler scheduler = scheduler(1, 10, 64)) {
      for (int priority : new int[] {0, -1, 2, 0}) {
        String name = priority + "#" + scheduler.waiting();
        scheduler.submit(ask(prompt(priority + 5, 5), 2, priority, named(name, ended)));
      }
      runToTheEnd(scheduler);
    }
    assertThat(ended).containsExactly("2#2", "0#0", "0#3", "-1#1");
  }

  private static Sink named(String name, List<String> ended) {
    return new Sink() {
      @Override
      public void onDone(Outcome outcome) {
        ended.add(name);
      }

      @Override
      public void onFailed(LongCatException reason) {
        throw reason;
      }
    };
  }

  @Test
  void aRequestThatCanNeverFitIsRefusedAtOnce() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      scheduler.submit(ask(prompt(1, POSITIONS - 9), 10, 0, new Heard()));
      Submission tooLong = ask(prompt(1, POSITIONS - 9), 11, 0, new Heard());
      assertThatThrownBy(() -> scheduler.submit(tooLong))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("641 positions")
          .hasMessageContaining("holds 640")
          .hasMessageContaining("cacheBytes");
      runToTheEnd(scheduler);
    }
  }

  @Test
  void aShortPromptDoesNotWaitForALongOne() {
    List<String> ended = new ArrayList<>();
    try (Scheduler scheduler = scheduler(4, 10, 8)) {
      scheduler.submit(ask(prompt(1, 200), 1, 0, named("long", ended)));
      scheduler.submit(ask(prompt(2, 20), 1, 0, named("short", ended)));
      runToTheEnd(scheduler);
    }
    assertThat(ended).containsExactly("short", "long");
  }

  @Test
  void aLongPromptHoldsUpNobodyWhoDecodes() {
    try (Scheduler scheduler = scheduler(4, 10, 8)) {
      Heard decoding = new Heard();
      scheduler.submit(ask(prompt(1, 3), 40, 0, decoding));
      scheduler.runOneStep();
      Heard joining = new Heard();
      scheduler.submit(ask(prompt(2, 160), 1, 0, joining));
      for (int step = 1; step <= 20; step++) {
        assertThat(joining.ended()).isFalse();
        scheduler.runOneStep();
        assertThat(decoding.chosen).hasSize(1 + step);
      }
      assertThat(joining.ended()).isTrue();
    }
  }

  @Test
  void aRequestWhoseSinkIsFullRestsAlone() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard full = new Heard();
      Heard other = new Heard();
      Ticket ticket = scheduler.submit(ask(prompt(1, 5), 20, 0, full));
      scheduler.submit(ask(prompt(2, 5), 20, 0, other));
      scheduler.runOneStep();
      full.ready = () -> false;
      runToTheEnd(scheduler);
      assertThat(full.chosen).hasSize(1);
      assertThat(other.outcome).isNotNull();
      full.ready = () -> true;
      ticket.wake();
      runToTheEnd(scheduler);
      assertThat(full.chosen).hasSize(20);
    }
  }

  @Test
  void deadlinesHoldInTheQueueAndInTheBatch() {
    try (Scheduler scheduler = scheduler(1, 10, 64)) {
      Heard running = new Heard();
      Heard queued = new Heard();
      Optional<Duration> second = Optional.of(Duration.ofSeconds(1));
      scheduler.submit(new Submission(prompt(1, 5), text(99), 99, 0, second, running));
      scheduler.submit(new Submission(prompt(2, 5), text(99), 99, 0, second, queued));
      now = Duration.ofSeconds(1).toNanos() - 1;
      scheduler.runOneStep();
      assertThat(running.ended()).isFalse();
      now++;
      assertThat(scheduler.runOneStep()).isFalse();
      assertThat(running.failure)
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessageContaining("not complete after PT1S of waiting and running");
      assertThat(queued.failure).hasMessageContaining("after PT1S of waiting;");
      assertThat(scheduler.waiting()).isZero();
    }
  }

  @Test
  void cancellationFreesThePagesBeforeTheNextStep() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard heard = new Heard();
      Ticket ticket = scheduler.submit(ask(prompt(1, 50), 99, 0, heard));
      scheduler.runOneStep();
      GenerationCancelledException reason = new GenerationCancelledException("enough");
      ticket.cancel(reason);
      ticket.cancel(new GenerationCancelledException("too late"));
      assertThat(scheduler.runOneStep()).isFalse();
      assertThat(heard.failure).isSameAs(reason);
      assertThat(cache.pages() - cache.freePages()).isEqualTo(scheduler.keptPages());
    }
  }

  @Test
  void whatFailsInOneRequestIsItsOwnAffair() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard rule = new Heard();
      Decoding failing =
          text(
              9,
              id -> {
                throw new IllegalStateException("no rule");
              });
      scheduler.submit(ask(prompt(1, 5), failing, 9, 0, rule));
      Heard sink = new Heard();
      sink.ready = () -> true;
      scheduler.submit(ask(prompt(2, 5), 9, 0, throwing(sink)));
      Heard other = new Heard();
      scheduler.submit(ask(prompt(3, 5), 9, 0, other));
      runToTheEnd(scheduler);
      assertThat(rule.failure).isInstanceOf(BackendException.class).hasMessageContaining("no rule");
      assertThat(sink.failure).hasMessageContaining("no sink");
      assertThat(other.chosen).hasSize(9);
    }
  }

  private static Sink throwing(Heard heard) {
    return new Sink() {
      @Override
      public void onText(int id) {
        throw new IllegalStateException("no sink");
      }

      @Override
      public void onDone(Outcome outcome) {
        heard.onDone(outcome);
      }

      @Override
      public void onFailed(LongCatException reason) {
        heard.onFailed(reason);
        throw new IllegalStateException("not even that");
      }
    };
  }

  @Test
  void aPassThatFailsEndsItsRequestsWithTheReason() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard one = new Heard();
      Heard other = new Heard();
      scheduler.submit(ask(prompt(1, 5), 9, 0, one));
      scheduler.submit(ask(prompt(2, 5), 9, 0, other));
      scheduler.runOneStep();
      fixture.model().backend().close();
      assertThat(scheduler.runOneStep()).isTrue();
      assertThat(one.failure).isInstanceOf(BackendException.class).hasMessageContaining("closed");
      assertThat(other.failure).isNotNull().isNotSameAs(one.failure);
      assertThat(scheduler.runOneStep()).isFalse();
    }
  }

  @Test
  void afterAPassThatFailedNobodyReliesOnWhatTheCacheHolds() {
    Asked asked = new Asked(prompt(1, 3 * PAGE), false, 9);
    List<List<Integer>> alone = asked.alone(fixture.model(), null, AttentionPolicy.dense());
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      boolean[] rests = {false};
      Heard resting = new Heard();
      resting.ready = () -> !rests[0];
      scheduler.submit(ask(asked.prompt(), asked.decoding(), asked.limit(), 0, resting));
      scheduler.runOneStep();
      rests[0] = true;
      Heard wrong = new Heard();
      PromptRows shared = asked.prompt().first(3 * PAGE - 4);
      scheduler.submit(ask(shared.then(PromptRows.of(new int[] {1_000_000})), 3, 0, wrong));
      assertThat(scheduler.runOneStep()).isTrue();
      assertThat(wrong.failure)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("text id 1000000");
      assertThat(cache.freePages()).isEqualTo(cache.pages());
      assertThat(cache.takeCopies()).isEmpty();
      rests[0] = false;
      Heard again = new Heard();
      scheduler.submit(ask(asked.prompt(), asked.decoding(), asked.limit(), 0, again));
      runToTheEnd(scheduler);
      assertThat(resting.chosen).isEqualTo(alone);
      assertThat(resting.outcome.figures().preemptions()).isEqualTo(1);
      assertThat(again.chosen).isEqualTo(alone);
      assertThat(again.reused).isZero();
    }
  }

  @Test
  void theEndOfTheSchedulerIsTheEndOfAllRequests() {
    Scheduler scheduler = scheduler(1, 10, 64);
    Heard running = new Heard();
    Heard queued = new Heard();
    scheduler.submit(ask(prompt(1, 5), 9, 0, running));
    scheduler.submit(ask(prompt(2, 5), 9, 0, queued));
    scheduler.runOneStep();
    scheduler.close();
    scheduler.close();
    for (Heard heard : List.of(running, queued)) {
      assertThat(heard.failure)
          .isInstanceOf(GenerationCancelledException.class)
          .hasMessageContaining("closed");
    }
    Submission late = ask(prompt(3, 5), 9, 0, new Heard());
    assertThatThrownBy(() -> scheduler.submit(late)).hasMessageContaining("closed");
  }

  @Test
  void aTurnComputesOnlyWhatIsNew() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard first = new Heard();
      scheduler.submit(ask(prompt(1, 37), 6, 0, first));
      runToTheEnd(scheduler);
      assertThat(first.reused).isZero();
      Heard second = new Heard();
      PromptRows turn = first.outcome.history().then(prompt(2, 11));
      scheduler.submit(ask(turn, 6, 0, second));
      runToTheEnd(scheduler);
      assertThat(first.outcome.history().rows()).isEqualTo(43);
      assertThat(second.reused).as("the last choice was never fed").isEqualTo(42);
      assertThat(second.computed).isEqualTo(12);
    }
  }

  @Test
  void aTurnOverASparseReplyIsTheSameCachedOrNot() {
    for (boolean speech : new boolean[] {false, true}) {
      SpeechHeads heads = fixture.speechHeads();
      Asked first = new Asked(prompt(1, 30), speech, 40);
      Heard heard = new Heard();
      Heard again = new Heard();
      Asked second;
      try (Scheduler scheduler = sparse()) {
        scheduler.submit(ask(first.prompt(), first.decoding(), first.limit(), 0, heard));
        runToTheEnd(scheduler);
        second = new Asked(heard.outcome.history().then(prompt(2, 5)), speech, 30);
        scheduler.submit(ask(second.prompt(), second.decoding(), second.limit(), 0, again));
        runToTheEnd(scheduler);
      }
      assertThat(again.computed).isEqualTo(6);
      assertThat(again.chosen).isEqualTo(second.alone(fixture.model(), heads, FEW));
      List<List<Integer>> dense = second.alone(fixture.model(), heads, AttentionPolicy.dense());
      assertThat(again.chosen).as("it makes a difference here").isNotEqualTo(dense);
    }
  }

  private Scheduler sparse() {
    Limits limits = new Limits(4, 10);
    return new Scheduler(served.runner(), FEW, cache, limits, decoding -> 64, () -> now);
  }

  @Test
  void aPromptMayBeFedBeforeItIsWhole() {
    try (Scheduler scheduler = scheduler(4, 10, 64)) {
      Heard early = new Heard();
      scheduler.submit(ask(prompt(1, 37), 0, 0, early));
      runToTheEnd(scheduler);
      assertThat(early.outcome.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(early.outcome.figures().steps()).isZero();
      Heard whole = new Heard();
      scheduler.submit(ask(prompt(1, 37).then(prompt(2, 4)), 3, 0, whole));
      runToTheEnd(scheduler);
      assertThat(whole.reused).isEqualTo(37);
      assertThat(whole.computed).isEqualTo(4);
    }
  }
}
