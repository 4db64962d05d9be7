package io.longcat4j.schedule;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that drives a scheduler and runs its model. Owns the scheduler. It does not keep the
 * scheduler alive: when nobody else does, the thread ends. Thread-safe.
 */
public final class SchedulerThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerThread.class);

  /** Its name. */
  public static final String NAME = "longcat-scheduler";

  private final Scheduler scheduler;
  private final Thread thread;

  private SchedulerThread(Scheduler scheduler, Consumer<Runnable> around) {
    Driver driver = new Driver(new WeakReference<>(scheduler), scheduler.inbox());
    this.scheduler = scheduler;
    this.thread = new Thread(() -> around.accept(driver), NAME);
    thread.setDaemon(true);
  }

  /**
   * Starts.
   *
   * @param scheduler driven by nobody else from now on
   * @return the running thread, to be closed by the caller before cache and model
   */
  public static SchedulerThread start(Scheduler scheduler) {
    return start(scheduler, Runnable::run);
  }

  /**
   * Starts a thread whose work is wrapped.
   *
   * @param scheduler driven by nobody else from now on
   * @param around runs what it is given on the thread, at once; must not hold the scheduler
   * @return the running thread, to be closed by the caller before cache and model
   */
  public static SchedulerThread start(Scheduler scheduler, Consumer<Runnable> around) {
    SchedulerThread started = new SchedulerThread(scheduler, around);
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

  Thread thread() {
    return thread;
  }

  /** What the thread does; holds the scheduler only while there is work. */
  private record Driver(WeakReference<Scheduler> scheduler, Inbox inbox) implements Runnable {
    /** How often an idle thread looks whether its scheduler is still there. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long END = -1;

    @Override
    public void run() {
      long idle = step();
      while (idle != END) {
        if (idle > 0) {
          rest(Math.min(idle, LOOK_NANOS));
        }
        idle = step();
      }
    }

    private void rest(long nanos) {
      try {
        inbox.await(nanos);
      } catch (InterruptedException e) {
        LOG.warn("The scheduler's thread was interrupted; only closing the engine ends it");
      }
    }

    private long step() {
      Scheduler known = scheduler.get();
      if (known == null) {
        return END;
      }
      try {
        if (!known.isClosed()) {
          return known.runOneStep() ? 0 : known.idleNanos();
        }
      } catch (RuntimeException | Error e) {
        LOG.error("The scheduler failed", e);
        known.abort(e);
      }
      known.close();
      return END;
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
