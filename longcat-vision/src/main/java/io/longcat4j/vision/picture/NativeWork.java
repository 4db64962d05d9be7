package io.longcat4j.vision.picture;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.spi.Cancellation;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Work of native code that cannot be asked to stop, on a thread of its own. Once it is not wanted
 * any more its caller goes on; the work ends by itself, owns all that it uses and frees it then.
 */
final class NativeWork {
  private static final long QUESTIONS_EVERY_MILLIS = 50;

  private NativeWork() {}

  /**
   * Does the work.
   *
   * @param work what to do
   * @param name for the thread
   * @param wanted asked before it begins and while it runs
   * @return its result
   */
  static <T> T run(Supplier<T> work, String name, Cancellation wanted) {
    wanted.check();
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = new Thread(task, "longcat-" + name);
    thread.setDaemon(true);
    thread.start();
    while (true) {
      try {
        return task.get(QUESTIONS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException running) {
        wanted.check();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        wanted.check();
        throw new GenerationCancelledException(
            "The thread was interrupted while a picture was being decoded; send the request again",
            e);
      } catch (ExecutionException e) {
        throw rethrown(e);
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
