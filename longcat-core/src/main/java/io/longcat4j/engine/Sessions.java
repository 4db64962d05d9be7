package io.longcat4j.engine;

import io.longcat4j.Conversation;
import io.longcat4j.Image;
import io.longcat4j.Pixels;
import io.longcat4j.SessionOptions;
import io.longcat4j.session.RunningSession;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sessions of an engine and the threads they run on, which end when they are idle. Thread-safe. */
final class Sessions {
  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;
  private final Collection<WeakReference<RunningSession>> open = new ArrayList<>();

  Sessions() {
    AtomicInteger count = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "longcat-session-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins a session; senses that are not there throw an error that says what to add. */
  RunningSession begin(
      Conversation conversation, SessionOptions options, Modalities modalities, Life life) {
    RunningSession session =
        RunningSession.open(
            conversation,
            options,
            new RunningSession.Surroundings(
                threads,
                System::nanoTime,
                rate -> modalities.voiceActivity().open(rate),
                image -> seen(image, modalities, life)));
    synchronized (open) {
      open.removeIf(reference -> reference.get() == null);
      open.add(new WeakReference<>(session));
    }
    return session;
  }

  private static Pixels seen(Image image, Modalities modalities, Life life) {
    life.enter();
    try {
      return modalities.vision().decode(image, life.wanted(Optional.empty()));
    } finally {
      life.leave();
    }
  }

  /** Ends all sessions; who reads them hears so. */
  void close() {
    List<WeakReference<RunningSession>> all;
    synchronized (open) {
      all = List.copyOf(open);
      open.clear();
    }
    for (WeakReference<RunningSession> reference : all) {
      RunningSession session = reference.get();
      if (session != null) {
        session.close();
      }
    }
    threads.shutdown();
  }
}
