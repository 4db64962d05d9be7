package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.EngineListener;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Scheduling;
import io.longcat4j.Statistics;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many threads whose requests end in every way there is. */
@Tag("once")
class ManyCancelsTest {
  private static final int THREADS = 64;
  private static final int REQUESTS = Length.of(64, 200);

  /**
   * What the process may have gained outside the heap in the second half of the requests. Arenas of
   * the allocator and compiled code come and go by 80 MiB; 20 KiB lost in each request are as much.
   */
  private static final long MOST_GROWTH = 128L << 20;

  private static final int CONTEXT = 600;
  private static final Scheduling SCHEDULING =
      Scheduling.builder().maxRunning(24).queueLimit(60).cacheBytes(4 * CONTEXT * 1280L).build();
  private static final Generation SHORT =
      Generation.builder().maxNewTokens(4).ignoreEos(true).build();
  private static final Generation SPOKEN = Generation.speech().toBuilder().maxNewTokens(8).build();
  private static final Generation ENDLESS =
      Generation.builder().maxNewTokens(CONTEXT).ignoreEos(true).build();

  private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
  private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
  private final Counting counting = new Counting();

  private static final class Counting implements EngineListener {
    private final AtomicInteger submitted = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void onSubmitted() {
      submitted.incrementAndGet();
    }

    @Override
    public void onFinished(FinishReason reason, Statistics statistics) {
      ended.incrementAndGet();
    }

    @Override
    public void onFailed(LongCatException reason) {
      ended.incrementAndGet();
    }
  }

  /** How a request is to end. */
  private enum Way {
    WHOLE,
    CLOSED,
    SPOKEN_AND_CLOSED,
    FUTURE_CANCELLED,
    INTERRUPTED,
    LATE
  }

  @Test
  void everyRequestEndsAsItShouldAndNothingIsLeft() throws Exception {
    LongCat longcat =
        LongCat.builder()
            .model(TestData.bf16())
            .contextLength(CONTEXT)
            .scheduling(SCHEDULING)
            .listener(counting)
            .build();
    long before = leastAfter(longcat, 0);
    long growth = leastAfter(longcat, REQUESTS / 2) - before;
    assertThat(growth).as("growth after %s", outcomes).isLessThan(MOST_GROWTH);

    wholeContext(longcat);
    closeWhileAllRun(longcat);
    assertThat(surprises).isEmpty();
    assertThat(outcomes.values().stream().mapToInt(AtomicInteger::get).sum())
        .isEqualTo(THREADS * (REQUESTS + 1));
    assertThat(counting.ended.get()).isEqualTo(counting.submitted.get()).isPositive();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("longcat-"));
  }

  /** Half of the requests, and the least that was held in between: what leaks is there for good. */
  private long leastAfter(LongCat longcat, int done) throws InterruptedException, IOException {
    long least = Long.MAX_VALUE;
    int end = done == 0 ? REQUESTS / 2 : REQUESTS;
    while (done < end) {
      int count = Math.min(Math.max(1, REQUESTS / 8), end - done);
      round(longcat, count);
      done += count;
      least = Math.min(least, outsideTheHeap());
    }
    return least;
  }

  private void round(LongCat longcat, int requests) throws InterruptedException {
    everyThread(
        random -> {
          for (int i = 0; i < requests; i++) {
            ask(longcat, random);
          }
        });
  }

  private interface Work {
    void run(Random random);
  }

  private void everyThread(Work work) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(i);
      threads.add(
          new Thread(
              () -> {
                try {
                  work.run(random);
                } catch (RuntimeException | Error e) {
                  surprises.add(e);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void ask(LongCat longcat, Random random) {
    Way way = Way.values()[random.nextInt(Way.values().length)];
    Prompt prompt = Prompt.user("Question " + random.nextInt(8));
    try {
      ask(longcat, way, prompt, random);
      count(way + " whole");
    } catch (EngineBusyException e) {
      count("refused");
    } catch (GenerationCancelledException | CancellationException e) {
      require(way != Way.WHOLE && way != Way.LATE, e);
      count(way + " cancelled");
    } catch (DeadlineExceededException e) {
      require(way == Way.LATE, e);
      count(way + " late");
    } catch (CompletionException e) {
      require(e.getCause() instanceof EngineBusyException, e);
      count("refused");
    } finally {
      Thread.interrupted();
    }
  }

  private static void ask(LongCat longcat, Way way, Prompt prompt, Random random) {
    switch (way) {
      case WHOLE -> assertThat(longcat.generate(prompt, SHORT).textIds()).hasSize(4);
      case CLOSED -> readSome(longcat.stream(prompt, ENDLESS), random.nextInt(3));
      case SPOKEN_AND_CLOSED -> readSome(longcat.stream(prompt, SPOKEN), random.nextInt(6));
      case FUTURE_CANCELLED -> {
        CompletableFuture<Reply> reply = longcat.stream(prompt, SHORT).toFuture();
        if (random.nextBoolean()) {
          reply.cancel(true);
        }
        reply.join();
      }
      case INTERRUPTED -> {
        CompletableFuture<Void> interrupted = interruptSoon(Thread.currentThread());
        try {
          longcat.generate(prompt, ENDLESS);
        } finally {
          interrupted.join();
        }
      }
      case LATE -> {
        Duration soon = Duration.ofNanos(1 + random.nextInt(20_000_000));
        longcat.generate(prompt, SHORT.toBuilder().timeout(soon).build());
      }
    }
  }

  private static CompletableFuture<Void> interruptSoon(Thread thread) {
    return CompletableFuture.runAsync(thread::interrupt);
  }

  private static void readSome(ReplyStream stream, int most) {
    int read = 0;
    for (Event event : stream) {
      if (event == null || read++ >= most) {
        stream.close();
      }
    }
  }

  private void count(String outcome) {
    outcomes.computeIfAbsent(outcome, key -> new AtomicInteger()).incrementAndGet();
  }

  private static void require(boolean expected, Throwable otherwise) {
    if (!expected) {
      throw new AssertionError("this request should not end so", otherwise);
    }
  }

  /**
   * Four requests that together need every page there is: none of them comes to an end if one is
   * lost.
   */
  private static void wholeContext(LongCat longcat) {
    Generation all = ENDLESS.toBuilder().timeout(Duration.ofMinutes(5)).build();
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      replies.add(longcat.stream(Prompt.user("All of it, " + i), all).toFuture());
    }
    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.join().finishReason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  private void closeWhileAllRun(LongCat longcat) throws InterruptedException {
    Thread closing =
        new Thread(
            () -> {
              while (counting.submitted.get() == counting.ended.get()) {
                Thread.onSpinWait();
              }
              longcat.close();
            });
    closing.start();
    everyThread(
        random -> {
          try {
            longcat.generate(Prompt.user("For ever"), ENDLESS);
            count("ended before the close");
          } catch (GenerationCancelledException e) {
            count("closed");
          } catch (EngineBusyException e) {
            count("refused");
          }
        });
    closing.join();
  }

  /** What the process holds in memory beside the Java heap; 0 where the system does not tell. */
  private static long outsideTheHeap() throws IOException {
    touchTheHeap();
    System.gc();
    System.gc();
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    long resident =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("RssAnon:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .sum();
    return resident - ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }

  /** What of the heap is committed is in memory after that, and so can be told from the rest. */
  private static void touchTheHeap() {
    Runtime runtime = Runtime.getRuntime();
    List<byte[]> blocks = new ArrayList<>();
    long spare = runtime.maxMemory() / 4;
    while (runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory() > spare) {
      blocks.add(new byte[1 << 20]);
    }
    assertThat(blocks).doesNotContainNull();
  }
}
