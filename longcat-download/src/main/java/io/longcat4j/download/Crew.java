package io.longcat4j.download;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads that work on files, and one, the caller's, that tells how far they are. When it returns,
 * no thread of it is left. The first failure ends all.
 */
final class Crew {
  private final DownloadSettings settings;
  private final Quiet quiet;
  private final DownloadListener listener;
  private final Meter meter = new Meter();

  Crew(DownloadSettings settings, Quiet quiet, DownloadListener listener) {
    this.settings = settings;
    this.quiet = quiet;
    this.listener = listener;
  }

  /**
   * Does all jobs.
   *
   * @param jobs one for each file
   * @param bytes of all files
   * @throws DownloadException of the first job that failed
   * @throws InterruptedException if this thread was interrupted
   */
  void work(List<? extends Job> jobs, long bytes) throws InterruptedException {
    int threads = Math.max(1, Math.min(settings.connections(), jobs.size()));
    List<Thread> started = new CopyOnWriteArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads, factory(started));
    CompletionService<@Nullable Void> finished = new ExecutorCompletionService<>(pool);
    try {
      for (Job job : jobs) {
        finished.submit(
            () -> {
              job.run();
              return null;
            });
      }
      await(finished, jobs, bytes);
    } finally {
      end(pool, started, jobs);
    }
  }

  private void await(
      CompletionService<@Nullable Void> finished, List<? extends Job> jobs, long bytes)
      throws InterruptedException {
    int done = 0;
    while (done < jobs.size()) {
      tell(jobs, done, bytes);
      Future<@Nullable Void> next =
          finished.poll(settings.pace().tick().toMillis(), TimeUnit.MILLISECONDS);
      if (next != null) {
        requireDone(next);
        done++;
      }
      long now = settings.pace().nanos();
      jobs.forEach(job -> job.endSilence(now));
    }
    tell(jobs, done, bytes);
  }

  private static void requireDone(Future<@Nullable Void> job) throws InterruptedException {
    try {
      job.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new InterruptedException();
    }
  }

  private void tell(List<? extends Job> jobs, int filesDone, long bytes) {
    long done = jobs.stream().mapToLong(Job::done).sum();
    meter.see(settings.pace().nanos(), jobs.stream().mapToLong(Job::received).sum());
    listener.onProgress(
        new DownloadProgress(
            done,
            bytes,
            filesDone,
            jobs.size(),
            meter.bytesPerSecond(),
            done == bytes ? Optional.empty() : meter.timeFor(bytes - done),
            quiet.note()));
  }

  /** Interrupted threads leave a state that can be gone on from; then only is the lock let go. */
  private static void end(ExecutorService pool, List<Thread> threads, List<? extends Job> jobs) {
    pool.shutdownNow();
    jobs.forEach(Job::cut);
    boolean interrupted = false;
    for (Thread thread : threads) {
      // A pool says that it has ended while its threads are still ending.
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory factory(List<Thread> started) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "longcat-download-" + number.incrementAndGet());
      thread.setDaemon(true);
      started.add(thread);
      return thread;
    };
  }

  /** All that came over the network. */
  static long received(List<? extends Job> jobs) {
    return jobs.stream().mapToLong(Job::received).sum();
  }
}
