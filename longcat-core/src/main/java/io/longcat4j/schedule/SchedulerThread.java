package io.longcat4j.schedule;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that drives a scheduler and runs its model. Owns the scheduler. Thread-safe. */
public final class SchedulerThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerThread.class);

  /** Its name. */
  public static final String NAME = "longcat-scheduler";

  private final Scheduler scheduler;
  private final Thread thread;

  private SchedulerThread(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.thread = new Thread(this::run, NAME);
    thread.setDaemon(true);
  }

  /**
   * Starts.
   *
   * @param scheduler driven by nobody else from now on
   * @return the running thread, to be closed by the caller before cache and model
   */
  public static SchedulerThread start(Scheduler scheduler) {
    SchedulerThread started = new SchedulerThread(scheduler);
    started.thread.start();
    return started;
  }

  /**
   * The scheduler.
   *
   * @return for submissions
   */
  public Scheduler scheduler() {
    return scheduler;
  }

  private void run() {
    try {
      while (!scheduler.isClosed()) {
        if (!scheduler.runOneStep()) {
          scheduler.await();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("The scheduler's thread was interrupted and ends");
    } catch (RuntimeException | Error e) {
      LOG.error("The scheduler failed", e);
      scheduler.abort(e);
    } finally {
      scheduler.close();
    }
  }

  /**
   * Ends all requests with an error, waits for the thread, frees everything; idempotent. Called by
   * a sink, on the thread itself, it does not wait.
   */
  @Override
  public void close() {
    scheduler.shut();
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
