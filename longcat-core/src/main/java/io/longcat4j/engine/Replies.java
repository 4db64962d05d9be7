package io.longcat4j.engine;

import io.longcat4j.EngineListener;
import io.longcat4j.spi.EventSource;
import io.longcat4j.stream.Outbox;
import io.longcat4j.stream.ReplyFigures;
import io.longcat4j.stream.ReplyWriter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Starts replies and runs what makes them. Thread-safe. Owns the threads of model and voices. */
final class Replies implements AutoCloseable {
  private final LoadedCheckpoint loaded;
  private final Life life;
  private final EngineListener listener;
  private final ExecutorService model;
  private final ExecutorService voices;

  Replies(LoadedCheckpoint loaded, Life life, EngineListener listener) {
    this.loaded = loaded;
    this.life = life;
    this.listener = new GuardedListener(listener);
    this.model = threads("longcat-model");
    this.voices = threads("longcat-voice");
  }

  EventSource start(PreparedRequest request, ReplyFigures figures) {
    Outbox outbox = new Outbox();
    ReplyWriter writer = writer(request, figures, outbox);
    writer.warn(request.warnings());
    Generating generating =
        new Generating(loaded, request, new ReplyParts(loaded, request, writer), life);
    figures.submitted(request.encode());
    listener.onSubmitted();
    outbox.attach(generating);
    model.execute(generating);
    return outbox;
  }

  private ReplyWriter writer(PreparedRequest request, ReplyFigures figures, Outbox outbox) {
    if (!request.generation().isSpeech()) {
      return ReplyWriter.ofText(
          outbox,
          ReplyParts.deltas(loaded, request.generation()),
          request.tools(),
          figures,
          listener);
    }
    return ReplyWriter.ofSpeech(
        outbox,
        ReplyParts.deltas(loaded, request.generation()),
        request.tools(),
        figures,
        listener,
        loaded.modalities().voice().open(),
        voices,
        System::nanoTime);
  }

  /** Waits for the threads; requests have been told to end. */
  @Override
  public void close() {
    end(model);
    end(voices);
  }

  private static void end(ExecutorService threads) {
    threads.shutdown();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        var unused = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ExecutorService threads(String name) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
