package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.model.Fixture;
import io.longcat4j.model.Served;
import io.longcat4j.testing.TestData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SchedulerThreadTest {
  private static final int THREADS = 16;
  private static final int REQUESTS = 12;
  private static final int FEW_POSITIONS = 20 * PagedCache.PAGE_POSITIONS;

  /** Ends a future; cancels its own request after some steps. */
  private static final class Waiting implements Sink {
    private final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private final AtomicReference<Ticket> ticket = new AtomicReference<>();
    private final int most;
    private int steps;

    Waiting(int most) {
      this.most = most;
    }

    private void step() {
      steps++;
      Ticket known = ticket.get();
      if (known != null && steps >= most) {
        known.cancel(new GenerationCancelledException("enough"));
      }
    }

    @Override
    public void onText(int id) {
      step();
    }

    @Override
    public void onSpeech(SpeechStep step) {
      step();
    }

    @Override
    public void onDone(Outcome outcome) {
      end.complete(outcome);
    }

    @Override
    public void onFailed(LongCatException reason) {
      end.completeExceptionally(reason);
    }
  }

  private static Scheduler scheduler(Served served) {
    return new Scheduler(
        served.runner(),
        AttentionPolicy.dense(),
        served.cache(),
        new Limits(8, 1000),
        new GapControl(16, 2.5),
        System::nanoTime);
  }

  @Test
  void manyThreadsThatCancelAtRandomLeaveNoPage() throws InterruptedException {
    AtomicInteger done = new AtomicInteger();
    AtomicInteger cancelled = new AtomicInteger();
    try (Fixture fixture = Fixture.open(TestData.bf16(), Backend.auto());
        Served served = Served.of(fixture.model(), fixture.speechHeads(), FEW_POSITIONS)) {
      PagedCache cache = served.cache();
      try (SchedulerThread running = SchedulerThread.start(scheduler(served))) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Random random = new Random(i);
          threads.add(
              new Thread(
                  () -> {
                    for (int r = 0; r < REQUESTS; r++) {
                      request(fixture, running.scheduler(), random, done, cancelled);
                    }
                  }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
          thread.join();
        }
      }
      assertThat(done.get() + cancelled.get()).isEqualTo(THREADS * REQUESTS);
      assertThat(done.get()).isPositive();
      assertThat(cancelled.get()).isPositive();
      assertThat(cache.freePages()).isEqualTo(cache.pages());
    }
  }

  private static void request(
      Fixture fixture,
      Scheduler scheduler,
      Random random,
      AtomicInteger done,
      AtomicInteger cancelled) {
    Asked asked = Asked.random(random, fixture.model());
    Waiting sink = new Waiting(1 + random.nextInt(20));
    Submission submission =
        new Submission(asked.prompt(), asked.decoding(), asked.limit(), 0, Optional.empty(), sink);
    sink.ticket.set(scheduler.submit(submission));
    if (random.nextInt(6) == 0) {
      sink.ticket.get().cancel(new GenerationCancelledException("at once"));
    }
    sink.end
        .handle((outcome, failure) -> outcome == null ? cancelled : done)
        .join()
        .incrementAndGet();
  }

  @Test
  void aSchedulerThatNobodyHoldsTakesItsThreadAlong() throws InterruptedException {
    try (Fixture fixture = Fixture.open(TestData.bf16(), Backend.auto());
        Served served = Served.of(fixture.model(), fixture.speechHeads(), FEW_POSITIONS)) {
      PagedCache cache = served.cache();
      Thread thread = SchedulerThread.start(scheduler(served)).thread();
      thread.interrupt();
      for (int i = 0; i < 600 && thread.isAlive(); i++) {
        System.gc();
        thread.join(100);
      }
      assertThat(thread.isAlive()).isFalse();
      assertThat(cache.freePages()).isEqualTo(cache.pages());
    }
  }

  @Test
  void closingEndsWhatRunsAndWhatWaits() {
    try (Fixture fixture = Fixture.open(TestData.bf16(), Backend.auto());
        Served served = Served.of(fixture.model(), fixture.speechHeads(), FEW_POSITIONS)) {
      PagedCache cache = served.cache();
      SchedulerThread thread = SchedulerThread.start(scheduler(served));
      List<Waiting> sinks = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Asked asked = new Asked(Asked.random(new Random(i), fixture.model()).prompt(), false, 200);
        sinks.add(new Waiting(Integer.MAX_VALUE));
        thread
            .scheduler()
            .submit(
                new Submission(
                    asked.prompt(), asked.decoding(), 200, 0, Optional.empty(), sinks.get(i)));
      }
      thread.close();
      thread.close();
      for (Waiting sink : sinks) {
        assertThat(sink.end).isDone();
      }
      assertThatThrownBy(() -> sinks.get(11).end.join())
          .hasCauseInstanceOf(GenerationCancelledException.class)
          .hasMessageContaining("closed");
      assertThat(cache.freePages()).isEqualTo(cache.pages());
    }
  }
}
