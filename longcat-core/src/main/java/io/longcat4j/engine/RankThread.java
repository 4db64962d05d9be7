package io.longcat4j.engine;

import io.longcat4j.BackendException;
import io.longcat4j.LongCatException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Does something on a thread of its own, which may be bound to CPUs, while the caller waits. */
final class RankThread {
  private RankThread() {}

  /** The result; the caller's interruption waits until it is there. */
  static <T> T call(String name, Supplier<T> action) {
    FutureTask<T> task = new FutureTask<>(action::get);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof LongCatException known) {
      return known;
    }
    return new BackendException("A rank could not be loaded: " + cause, cause);
  }
}
