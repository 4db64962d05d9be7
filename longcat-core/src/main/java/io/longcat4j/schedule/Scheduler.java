package io.longcat4j.schedule;

import io.longcat4j.BackendException;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.FinishReason;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.ExpertCount;
import io.longcat4j.decode.SequenceRows;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.StepInput;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.SpeechHeads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: at every step it takes in new requests, ends those that were cancelled or
 * are late, and runs one pass of the model over a row of every decoding request and pieces of
 * joining prompts. A request's ids do not depend on what runs beside it.
 *
 * <p>Requests join in order of priority, then of submission, when there are pages for all their
 * known rows. Where pages run out later, prefixes that nobody uses go first; then the request of
 * the lowest rank gives its pages back and is fed again when there is room.
 *
 * <p>{@link #submit} may be called by any thread. Everything else belongs to the one thread that
 * drives it and runs the model: {@link SchedulerThread}, or a test. Owns its scratch and the kept
 * prefixes, not the model nor the cache.
 */
public final class Scheduler implements AutoCloseable {
  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private final int topK;
  private final PagedCache cache;
  private final Limits limits;
  private final LongSupplier clock;
  private final Inbox inbox;
  private final Pages pages;
  private final StepPlan plan;
  private final StepInput input;
  private final HeadStep headStep;
  private final AtomicLong submitted = new AtomicLong();

  private final TreeSet<RunningRequest> waiting = new TreeSet<>(RunningRequest.RANK);
  private final List<RunningRequest> running = new ArrayList<>();
  private final List<RunningRequest> arrived = new ArrayList<>();
  private final List<RunningRequest> taking = new ArrayList<>();
  private final List<RunningRequest> choosing = new ArrayList<>();
  private @Nullable RunningRequest blocked;

  /**
   * Prepares for requests.
   *
   * @param model computes
   * @param heads speak, or null for text alone
   * @param topK positions that the heads of generated rows keep; 0 for all
   * @param cache holds all sequences
   * @param limits what to keep to
   * @param policy how much of a prompt a pass takes
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  public Scheduler(
      LanguageModel model,
      @Nullable SpeechHeads heads,
      int topK,
      PagedCache cache,
      Limits limits,
      ChunkPolicy policy,
      LongSupplier clock) {
    this.model = model;
    this.heads = heads;
    this.topK = topK;
    this.cache = cache;
    this.limits = limits;
    this.clock = clock;
    this.inbox = new Inbox(limits.queueLimit());
    this.pages = new Pages(cache);
    this.plan = new StepPlan(policy);
    this.input = new StepInput(model, heads, topK);
    this.headStep = new HeadStep(model, heads, limits.maxRunning(), this::fail);
  }

  /**
   * Takes a request in; any thread may.
   *
   * @param submission what to do
   * @return a hold on it
   * @throws io.longcat4j.EngineBusyException if too many wait already
   * @throws InvalidRequestException if it can never fit into the cache
   * @throws io.longcat4j.GenerationCancelledException after the end
   */
  public Ticket submit(Submission submission) {
    requireRoom(submission);
    RunningRequest request =
        new RunningRequest(
            submission,
            new SequenceRows(submission.prompt(), topK),
            new ExpertCount(model.config().nRoutedExperts()),
            submitted.incrementAndGet(),
            clock.getAsLong(),
            inbox);
    inbox.put(request);
    return request;
  }

  private void requireRoom(Submission submission) {
    Decoding decoding = submission.decoding();
    if (heads == null && decoding != null && decoding.audioHeads() > 0) {
      throw new InvalidRequestException("The request needs speech, but the model has no voice");
    }
    if (PagedCache.pagesFor(submission.positions()) > cache.pages()) {
      throw new InvalidRequestException(
          "The request takes up to "
              + submission.positions()
              + " positions, but the cache holds "
              + (long) cache.pages() * PagedCache.PAGE_POSITIONS
              + "; shorten the prompt, ask for fewer new tokens, or raise cacheBytes");
    }
  }

  /**
   * Runs one step.
   *
   * @return false if there is nothing to do until somebody submits, cancels or wakes
   */
  public boolean runOneStep() {
    takeIn();
    endEarly();
    join();
    plan.share(running);
    gather();
    if (taking.isEmpty()) {
      return false;
    }
    long start = clock.getAsLong();
    try {
      input.run(cache);
      follow();
      plan.passed(clock.getAsLong() - start);
    } catch (RuntimeException | Error e) {
      failPass(e);
    }
    return true;
  }

  private void takeIn() {
    arrived.clear();
    inbox.drainTo(arrived);
    waiting.addAll(arrived);
  }

  private void endEarly() {
    long now = clock.getAsLong();
    for (RunningRequest request : concerned()) {
      LongCatException reason = request.cancelled();
      if (reason == null && request.isLate(now)) {
        reason =
            new DeadlineExceededException(
                "The request was not complete after "
                    + request.submission.timeout().orElseThrow()
                    + (request.started ? " of waiting and running" : " of waiting")
                    + "; give it more time, or send fewer requests at once");
      }
      if (reason != null) {
        pages.release(request);
        end(request, reason);
      }
    }
  }

  /** Requests that end now; a new list only where there are any. */
  private List<RunningRequest> concerned() {
    long now = clock.getAsLong();
    List<RunningRequest> found = List.of();
    for (RunningRequest request : running) {
      found = with(found, request, now);
    }
    for (RunningRequest request : waiting) {
      found = with(found, request, now);
    }
    return found;
  }

  private static List<RunningRequest> with(
      List<RunningRequest> found, RunningRequest request, long now) {
    if (request.cancelled() == null && !request.isLate(now)) {
      return found;
    }
    List<RunningRequest> more = found.isEmpty() ? new ArrayList<>() : found;
    more.add(request);
    return more;
  }

  private void join() {
    while (!waiting.isEmpty() && running.size() < limits.maxRunning()) {
      RunningRequest first = waiting.first();
      if (first == blocked || !pages.open(first, running)) {
        blocked = first;
        return;
      }
      waiting.remove(first);
      running.add(first);
      running.sort(RunningRequest.RANK);
      start(first);
    }
  }

  private void start(RunningRequest request) {
    if (!request.started) {
      request.started = true;
      request.startedAt = clock.getAsLong();
      inbox.leftQueue();
    }
  }

  /** Gives every share its pages, the highest rank first. */
  private void gather() {
    taking.clear();
    input.clear();
    for (int i = 0; i < running.size(); i++) {
      RunningRequest request = running.get(i);
      if (request.share > 0 && makeRoom(request)) {
        request.feed = taking.size();
        taking.add(request);
        SequenceCache sequence = sequence(request);
        int from = sequence.length() - request.share;
        input.add(request.rows, sequence, from, request.share, request.experts);
      }
    }
  }

  /** Preempts requests of the lowest rank, maybe this one, until its share has room. */
  private boolean makeRoom(RunningRequest request) {
    while (!pages.append(sequence(request), request.share)) {
      RunningRequest last = running.get(running.size() - 1);
      preempt(last);
      if (last == request) {
        return false;
      }
    }
    return true;
  }

  private void preempt(RunningRequest request) {
    pages.release(request);
    request.preemptions++;
    leave(request);
    waiting.add(request);
  }

  /** Takes what the pass brought. */
  private void follow() {
    choosing.clear();
    for (int i = 0; i < taking.size(); i++) {
      RunningRequest request = taking.get(i);
      if (!request.prefilled && request.computed() >= request.rows.promptSize()) {
        guard(request, this::prefilled);
      }
      if (!request.ended && request.remaining() == 0) {
        if (request.decoding() == null) {
          guard(request, r -> finish(r, FinishReason.LENGTH));
        } else {
          choosing.add(request);
        }
      }
    }
    if (!choosing.isEmpty()) {
      headStep.choose(choosing, input);
      for (int i = 0; i < choosing.size(); i++) {
        if (!choosing.get(i).ended) {
          guard(choosing.get(i), this::advance);
        }
      }
    }
  }

  private void prefilled(RunningRequest request) {
    request.prefilled = true;
    request.prefilledAt = clock.getAsLong();
    pages.keepPrompt(request);
    request.sink().onPrefilled(request.reused, request.rows.promptSize() - request.reused);
  }

  private void advance(RunningRequest request) {
    Decoding decoding = request.decoding();
    if (decoding == null) {
      return;
    }
    FinishReason reason = decoding.endStep();
    request.rows.append(decoding.nextTextId(), decoding.nextAudioIds());
    if (decoding instanceof TextDecoding text) {
      request.sink().onText(text.lastId());
    } else if (decoding instanceof SpeechDecoding speech) {
      request.sink().onSpeech(speech.lastStep());
    }
    if (reason != null) {
      finish(request, reason);
    }
  }

  private void finish(RunningRequest request, FinishReason reason) {
    long now = clock.getAsLong();
    Decoding decoding = request.decoding();
    Outcome.Figures figures =
        new Outcome.Figures(
            Duration.ofNanos(request.startedAt - request.submittedAt),
            Duration.ofNanos(request.prefilledAt - request.startedAt),
            Duration.ofNanos(now - request.prefilledAt),
            request.reused,
            request.rows.promptSize() - request.reused,
            decoding == null ? 0 : decoding.steps(),
            request.preemptions,
            request.experts.figures(),
            pages.bytes(request));
    pages.release(request);
    request.ended = true;
    leave(request);
    request.sink().onDone(new Outcome(reason, figures, request.rows));
  }

  private interface Action {
    void on(RunningRequest request);
  }

  /** Whatever goes wrong for one request is its own affair. */
  private void guard(RunningRequest request, Action action) {
    try {
      action.on(request);
    } catch (RuntimeException e) {
      if (!request.ended) {
        fail(request, e);
      }
    }
  }

  private void fail(RunningRequest request, RuntimeException cause) {
    pages.discard(request);
    end(
        request,
        cause instanceof LongCatException known
            ? known
            : new BackendException("The request failed: " + cause, cause));
  }

  private void failPass(Throwable cause) {
    for (RunningRequest request : taking) {
      if (!request.ended) {
        pages.discard(request);
        end(request, new BackendException("A pass of the model failed: " + cause, cause));
      }
    }
  }

  private void end(RunningRequest request, LongCatException reason) {
    request.ended = true;
    leave(request);
    waiting.remove(request);
    if (!request.started) {
      inbox.leftQueue();
    }
    try {
      request.sink().onFailed(reason);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private void leave(RunningRequest request) {
    running.remove(request);
    blocked = null;
  }

  private static SequenceCache sequence(RunningRequest request) {
    if (request.cache == null) {
      throw new IllegalStateException("a running request has no sequence");
    }
    return request.cache;
  }

  /** How long there is nothing to do, unless the inbox is signalled. */
  long idleNanos() {
    long now = clock.getAsLong();
    long nanos = Long.MAX_VALUE;
    for (RunningRequest request : running) {
      nanos = Math.min(nanos, request.remainingNanos(now));
    }
    for (RunningRequest request : waiting) {
      nanos = Math.min(nanos, request.remainingNanos(now));
    }
    return Math.max(0, nanos);
  }

  Inbox inbox() {
    return inbox;
  }

  boolean isClosed() {
    return inbox.isClosed();
  }

  /** Lets nobody in any more; any thread may. The next step is the last. */
  void shut() {
    inbox.close();
  }

  /**
   * Requests that wait for their first pass; any thread may ask.
   *
   * @return at least 0
   */
  public int waiting() {
    return inbox.waiting();
  }

  /** Pages of prefixes that are kept for later requests; the driver's thread alone. */
  int keptPages() {
    return pages.kept();
  }

  /** Ends all requests, because the driver has failed. */
  void abort(Throwable cause) {
    endAll(new BackendException("The scheduler failed; build a new LongCat: " + cause, cause));
  }

  /** Ends all requests with an error and frees everything; idempotent. */
  @Override
  public void close() {
    endAll(Inbox.closedError());
    pages.close();
    input.close();
    headStep.close();
  }

  private void endAll(LongCatException reason) {
    inbox.close();
    takeIn();
    List<RunningRequest> left = new ArrayList<>(running);
    left.addAll(waiting);
    for (RunningRequest request : left) {
      pages.discard(request);
      end(request, reason);
    }
  }
}
