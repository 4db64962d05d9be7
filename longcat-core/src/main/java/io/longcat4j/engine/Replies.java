package io.longcat4j.engine;

import io.longcat4j.BackendException;
import io.longcat4j.EngineListener;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.modality.Voice;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Submission;
import io.longcat4j.schedule.Ticket;
import io.longcat4j.stream.Outbox;
import io.longcat4j.stream.ReplyFigures;
import io.longcat4j.stream.ReplyWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts replies, and knows those that have not ended. Thread-safe. Owns the voices' threads. */
final class Replies {
  private static final int IDLE_SECONDS = 30;

  private final LoadedCheckpoint loaded;
  private final EngineListener listener;
  private final ExecutorService voices;
  private final Set<ReplyWriter> open = ConcurrentHashMap.newKeySet();

  Replies(LoadedCheckpoint loaded) {
    this.loaded = loaded;
    this.listener = new GuardedListener(loaded.listener(), loaded.inside());
    this.voices = voices(loaded.threads(), loaded.inside());
  }

  /**
   * Submits a prepared request.
   *
   * @param recording keeps what the model is fed, for conversations
   * @return the reply, to be read through a {@link io.longcat4j.stream.ReadReply}
   */
  Outbox start(PreparedRequest request, ReplyFigures figures, @Nullable Recording recording) {
    figures.submitted(request.encode());
    Outbox outbox = new Outbox();
    ReplyWriter writer = writer(request, figures, outbox);
    open.add(writer);
    writer.onSubmitted();
    List<String> notice = loaded.notice().toTell();
    writer.warn(notice);
    writer.warn(request.warnings());
    try {
      ReplyParts parts = new ReplyParts(loaded, request, writer);
      Ticket ticket =
          loaded.scheduler().submit(submission(request, parts, new ReplySink(parts, recording)));
      outbox.attach(ReplySink.producer(ticket));
      return outbox;
    } catch (RuntimeException | Error e) {
      if (!notice.isEmpty()) {
        loaded.notice().untold();
      }
      writer.onFailed(
          e instanceof LongCatException known
              ? known
              : new BackendException("The request could not be started: " + e, e));
      throw e;
    }
  }

  /** Has rows computed for a request that will begin with them, if there can be one. */
  @Nullable Ticket prefill(PromptRows rows, Sink sink) {
    if (rows.rows() >= loaded.contextLength()) {
      return null;
    }
    return loaded.scheduler().submit(new Submission(rows, null, 0, 0, Optional.empty(), sink));
  }

  private static Submission submission(PreparedRequest request, ReplyParts parts, ReplySink sink) {
    Generation generation = request.generation();
    return new Submission(
        request.rows(),
        parts.decoding(),
        request.maxNewTokens(),
        generation.priority(),
        generation.timeout().map(timeout -> timeout.minus(request.encode())),
        sink);
  }

  private ReplyWriter writer(PreparedRequest request, ReplyFigures figures, Outbox outbox) {
    ReplyWriter.Builder builder =
        ReplyWriter.builder(outbox, ReplyParts.deltas(loaded, request.generation()), figures)
            .tools(request.tools())
            .listener(listener)
            .whenEnded(open::remove);
    if (request.generation().isSpeech()) {
      Voice voice = loaded.modalities().voice();
      builder.voice(voice.open(), voice.lookAheadFrames(), voices, System::nanoTime);
    }
    return builder.build();
  }

  /** Ends what is left, after the scheduler, and waits for the voices. */
  void stop() {
    for (ReplyWriter writer : open) {
      writer.onFailed(new GenerationCancelledException("The LongCat was closed; build a new one"));
    }
    voices.shutdown();
    boolean interrupted = false;
    while (!voices.isTerminated()) {
      try {
        var unused = voices.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thread for each reply that speaks, up to a number; those that are idle end. */
  private static ExecutorService voices(int threads, Inside inside) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> voiceThread(() -> inside.ownThread(task)));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static Thread voiceThread(Runnable task) {
    Thread thread = new Thread(task, "longcat-voice");
    thread.setDaemon(true);
    return thread;
  }
}
