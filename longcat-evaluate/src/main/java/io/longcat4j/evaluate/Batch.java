package io.longcat4j.evaluate;

import io.longcat4j.GenerationCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Work on several threads whose results keep their order.
 *
 * @param threads how many
 */
record Batch(int threads) {

  <T, R> List<R> map(List<T> inputs, Function<T, R> work) {
    ExecutorService pool = Executors.newFixedThreadPool(threads, Batch::daemon);
    try {
      List<Future<R>> running = new ArrayList<>();
      inputs.forEach(input -> running.add(pool.submit(() -> work.apply(input))));
      List<R> results = new ArrayList<>();
      for (Future<R> one : running) {
        results.add(one.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("The evaluation was interrupted", e);
    } catch (ExecutionException e) {
      throw causeOf(e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static RuntimeException causeOf(ExecutionException failure) {
    if (failure.getCause() instanceof Error error) {
      throw error;
    }
    return failure.getCause() instanceof RuntimeException known
        ? known
        : new IllegalStateException(failure);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "longcat-evaluate");
    thread.setDaemon(true);
    return thread;
  }
}
