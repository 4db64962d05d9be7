package io.longcat4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.MediaException;
import io.longcat4j.spi.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class NativeWorkTest {
  @Test
  void whatIsNotWantedIsNotBegun() {
    AtomicInteger begun = new AtomicInteger();

    assertThatThrownBy(
            () ->
                NativeWork.run(
                    begun::incrementAndGet,
                    "test",
                    () -> {
                      throw new DeadlineExceededException("too late");
                    }))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(begun).hasValue(0);
  }

  @Test
  void itsCallerGoesOnWhileItRuns() {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger questions = new AtomicInteger(5);
    Cancellation wanted =
        () -> {
          if (questions.getAndDecrement() == 0) {
            throw new DeadlineExceededException("too late");
          }
        };

    assertThatThrownBy(() -> NativeWork.run(() -> await(end), "test", wanted))
        .isInstanceOf(DeadlineExceededException.class);
    end.countDown();
  }

  @Test
  void workThatCanStopIsToldOnceWhenItIsNotWanted() {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger stops = new AtomicInteger();
    AtomicInteger questions = new AtomicInteger(2);
    Cancellation wanted =
        () -> {
          if (questions.getAndDecrement() == 0) {
            throw new DeadlineExceededException("too late");
          }
        };
    Runnable stop =
        () -> {
          stops.incrementAndGet();
          end.countDown();
        };

    assertThatThrownBy(() -> NativeWork.run(() -> await(end), "test", wanted, stop))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(stops).hasValue(1);
    assertThatThrownBy(
            () ->
                NativeWork.run(
                    () -> {
                      throw new MediaException("no picture");
                    },
                    "test",
                    Cancellation.BY_INTERRUPTION,
                    stop))
        .isInstanceOf(MediaException.class);
    assertThat(stops).as("its own failure is its end").hasValue(1);
  }

  @Test
  void interruptionIsAnsweredAndKept() {
    CountDownLatch end = new CountDownLatch(1);
    Thread waiting = Thread.currentThread();
    Supplier<String> work =
        () -> {
          waiting.interrupt();
          return await(end);
        };

    assertThatThrownBy(() -> NativeWork.run(work, "test", Cancellation.BY_INTERRUPTION))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    end.countDown();
  }

  @Test
  void resultsAndFailuresComeBack() {
    assertThat(NativeWork.run(() -> "done", "test", Cancellation.BY_INTERRUPTION))
        .isEqualTo("done");
    assertThatThrownBy(
            () ->
                NativeWork.run(
                    () -> {
                      throw new MediaException("no picture");
                    },
                    "test",
                    Cancellation.BY_INTERRUPTION))
        .isInstanceOf(MediaException.class)
        .hasMessage("no picture");
  }

  private static String await(CountDownLatch end) {
    try {
      end.await();
      return "ended";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
