package io.longcat4j.natives;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.spi.Cancellation;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Work of native code on a thread of its own, so that its caller hears meanwhile that it is not
 * wanted any more, and need not wait for its end.
 */
public final class NativeWork {
  private static final long QUESTIONS_EVERY_MILLIS = 50;

  private NativeWork() {}

  /**
   * Does work that cannot be asked to stop. Once it is not wanted any more its caller goes on; the
   * work ends by itself, owns all that it uses and frees it then.
   *
   * @param <T> of the result
   * @param work what to do
   * @param name for the thread
   * @param wanted asked before it begins and while it runs
   * @return its result
   */
  public static <T> T run(Supplier<T> work, String name, Cancellation wanted) {
    return run(work, name, wanted, () -> {});
  }

  /**
   * Does work that can be asked to stop.
   *
   * @param <T> of the result
   * @param work what to do
   * @param name for the thread
   * @param wanted asked before it begins and while it runs
   * @param stop called once where it has begun and is not wanted any more, on the calling thread
   * @return its result
   */
  public static <T> T run(Supplier<T> work, String name, Cancellation wanted, Runnable stop) {
    wanted.check();
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = new Thread(task, "longcat-" + name);
    thread.setDaemon(true);
    thread.start();
    try {
      return await(task, wanted);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (RuntimeException | Error unwanted) {
      stop.run();
      throw unwanted;
    }
  }

  private static <T> T await(FutureTask<T> task, Cancellation wanted) throws ExecutionException {
    while (true) {
      try {
        return task.get(QUESTIONS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException running) {
        wanted.check();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        wanted.check();
        throw new GenerationCancelledException(
            "The thread was interrupted while native code worked for it; send the request again",
            e);
      }
    }
  }

  private static RuntimeException rethrown(ExecutionException failure) {
    if (failure.getCause() instanceof Error error) {
      throw error;
    }
    return failure.getCause() instanceof RuntimeException known
        ? known
        : new IllegalStateException(failure);
  }
}
