package io.longcat4j.schedule;

import io.longcat4j.BackendException;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.FinishReason;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.RankFailedException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.decode.AttentionCount;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.ExpertCount;
import io.longcat4j.decode.SequenceRows;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.StepInput;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.model.ModelRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Continuous batching: at every step it takes in new requests, ends those that were cancelled or
 * are late, and runs one pass of the model over a row of every decoding request and pieces of
 * joining prompts. A request's ids do not depend on what runs beside it.
 *
 * <p>Where the model can look one token further, each text request is fed a draft of its next id
 * beside the last one. The ids are chosen from the same logits in the same order as without: a
 * draft that equals what was chosen brings a second id in the same step, any other is forgotten.
 * Speech is decoded without.
 *
 * <p>Requests join in order of priority, then of submission, when there are pages for all their
 * known rows. Where pages run out later, prefixes that nobody uses go first; then the request of
 * the lowest rank gives its pages back and is fed again when there is room.
 *
 * <p>{@link #submit} may be called by any thread. Everything else belongs to the one thread that
 * drives it and runs the model: {@link SchedulerThread}, or a test. Owns the kept prefixes, not the
 * runner nor the cache.
 */
public final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  private final ModelRunner runner;
  private final AttentionPolicy policy;
  private final PagedCache cache;
  private final LongSupplier clock;
  private final Inbox inbox;
  private final Pages pages;
  private final Roster roster;
  private final StepPlan plan;
  private final StepInput input;
  private final HeadStep headStep;
  private final boolean drafts;
  private int measureEvery;
  private final AtomicLong submitted = new AtomicLong();

  private final List<RunningRequest> taking = new ArrayList<>();
  private final List<RunningRequest> choosing = new ArrayList<>();

  /**
   * Prepares for requests, whose ids are chosen one after the other.
   *
   * @param runner computes; its heads see {@link Limits#headRows} at least
   * @param policy what the heads of generated rows look at
   * @param cache accounts of the runner's pages
   * @param limits what to keep to
   * @param chunks how much of a prompt a pass takes
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  public Scheduler(
      ModelRunner runner,
      AttentionPolicy policy,
      PagedCache cache,
      Limits limits,
      ChunkPolicy chunks,
      LongSupplier clock) {
    this(runner, policy, cache, limits, chunks, clock, 1);
  }

  /**
   * Prepares for requests.
   *
   * @param runner computes; its heads see {@link Limits#headRows} at least
   * @param policy what the heads of generated rows look at
   * @param cache accounts of the runner's pages
   * @param limits what to keep to
   * @param chunks how much of a prompt a pass takes
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @param choosing threads that choose ids, the one that runs steps included
   */
  public Scheduler(
      ModelRunner runner,
      AttentionPolicy policy,
      PagedCache cache,
      Limits limits,
      ChunkPolicy chunks,
      LongSupplier clock,
      int choosing) {
    this.runner = runner;
    this.policy = policy;
    this.cache = cache;
    this.clock = clock;
    this.inbox = new Inbox(limits.queueLimit());
    this.pages = new Pages(cache);
    this.roster = new Roster(inbox, pages, limits.maxRunning());
    this.plan = new StepPlan(chunks, runner.limits().rows());
    this.input = new StepInput(runner);
    this.headStep = new HeadStep(runner, new Choosers(choosing), this::fail);
    this.drafts = runner.drafts();
  }

  /**
   * Measures how precisely generated rows choose positions. Before anything is submitted.
   *
   * @param everySteps so many steps of each request; 0 for none
   */
  public void measureAttention(int everySteps) {
    measureEvery = everySteps;
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
            new SequenceRows(submission.prompt(), policy),
            new ExpertCount(),
            measureEvery == 0 ? null : new AttentionCount(measureEvery),
            submitted.incrementAndGet(),
            clock.getAsLong(),
            inbox);
    inbox.put(request);
    return request;
  }

  private void requireRoom(Submission submission) {
    Decoding decoding = submission.decoding();
    boolean speaks = runner.limits().audioHeads() > 0;
    if (!speaks && decoding != null && decoding.audioHeads() > 0) {
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
    roster.takeIn();
    endEarly();
    roster.join(clock.getAsLong());
    plan.share(roster.running());
    gather();
    if (taking.isEmpty()) {
      return false;
    }
    long start = clock.getAsLong();
    try {
      input.run(cache.takeCopies());
      follow();
      draft();
      plan.passed(clock.getAsLong() - start);
    } catch (RuntimeException | Error e) {
      failPass(e);
    }
    return true;
  }

  private void endEarly() {
    long now = clock.getAsLong();
    for (RunningRequest request : roster.ending(now)) {
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

  /** Gives every share its pages, the highest rank first. */
  private void gather() {
    taking.clear();
    input.clear();
    List<RunningRequest> running = roster.running();
    for (int i = 0; i < running.size(); i++) {
      RunningRequest request = running.get(i);
      if (request.share > 0 && roster.makeRoom(request)) {
        taking.add(request);
        SequenceCache sequence = Roster.sequence(request);
        int from = sequence.length() - request.share;
        if (request.remaining() < 0) {
          request.rows.guess(request.draft);
        }
        request.feed =
            input.add(
                request.rows, sequence, from, request.share, request.experts, request.attention);
        HeadStep.ask(request, input);
      }
    }
  }

  /** Takes what the pass brought. */
  private void follow() {
    choosing.clear();
    for (int i = 0; i < taking.size(); i++) {
      RunningRequest request = taking.get(i);
      if (!request.prefilled && request.computed() >= request.rows.promptSize()) {
        guard(request, this::prefilled);
      }
      if (!request.ended && request.remaining() <= 0) {
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
        RunningRequest request = choosing.get(i);
        guard(request, this::advance);
        if (!request.ended && request.remaining() == 0) {
          headStep.chooseAfterDraft(request);
          guard(request, this::advance);
        }
      }
    }
  }

  /** Guesses the next but one id of everybody who has chosen, and keeps the cache complete. */
  private void draft() {
    if (drafts) {
      headStep.draft(choosing, input);
    }
  }

  private void prefilled(RunningRequest request) {
    request.prefilled = true;
    request.prefilledAt = clock.getAsLong();
    pages.keepPrompt(request);
    request.sink().onPrefilled(request.reused, request.rows.promptSize() - request.reused);
  }

  /** Ends the step of a request whose choice has not failed. */
  private void advance(RunningRequest request) {
    Decoding decoding = request.decoding();
    if (request.ended || decoding == null) {
      return;
    }
    if (decoding.steps() == 0) {
      request.prefilledAt = clock.getAsLong();
    }
    boolean drafted = request.remaining() < 0;
    FinishReason reason = decoding.endStep();
    request.rows.append(decoding.nextTextId(), decoding.nextAudioIds());
    if (decoding instanceof TextDecoding text) {
      request.sink().onText(text.lastId());
    } else if (decoding instanceof SpeechDecoding speech) {
      request.sink().onSpeech(speech.lastStep());
    }
    if (drafted) {
      judge(request, reason == null && decoding.nextTextId() == request.draft);
    }
    request.draft = SpeechStep.NONE;
    if (reason != null) {
      finish(request, reason);
    }
  }

  /** Keeps the row of a draft that proved right, unless no step may follow at once. */
  private static void judge(RunningRequest request, boolean isRight) {
    request.drafted++;
    if (isRight && request.canGoOn()) {
      request.accepted++;
    } else {
      Roster.sequence(request).truncate(request.rows.size() - 1);
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
            request.drafted,
            request.accepted,
            request.experts.figures(),
            request.attention == null ? List.of() : request.attention.figures(),
            pages.bytes(request));
    pages.release(request);
    roster.end(request);
    try {
      request.sink().onDone(new Outcome(reason, figures, request.rows));
    } catch (RuntimeException | Error e) {
      tell(request, known(e));
    }
  }

  private interface Action {
    void on(RunningRequest request);
  }

  /** Whatever goes wrong for one request is its own affair. */
  private void guard(RunningRequest request, Action action) {
    try {
      action.on(request);
    } catch (RuntimeException | Error e) {
      if (!request.ended) {
        fail(request, e);
      }
    }
  }

  private void fail(RunningRequest request, Throwable cause) {
    pages.discard(request);
    end(request, known(cause));
  }

  private static LongCatException known(Throwable cause) {
    return cause instanceof LongCatException known
        ? known
        : new BackendException("The request failed: " + cause, cause);
  }

  private void failPass(Throwable cause) {
    if (cause instanceof RankFailedException failure) {
      endAll(failure);
      return;
    }
    for (RunningRequest request : taking) {
      if (!request.ended) {
        pages.discard(request);
        end(request, new BackendException("A pass of the model failed: " + cause, cause));
      }
    }
    roster.startAgain();
    pages.forget();
  }

  private void end(RunningRequest request, LongCatException reason) {
    roster.end(request);
    tell(request, reason);
  }

  private static void tell(RunningRequest request, LongCatException reason) {
    try {
      request.sink().onFailed(reason);
    } catch (RuntimeException | Error e) {
      LOG.warn("Whoever reads a reply could not be told that it failed: {}", reason, e);
    }
  }

  /** How long there is nothing to do, unless the inbox is signalled. */
  long idleNanos() {
    return roster.remainingNanos(clock.getAsLong());
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
  }

  private void endAll(LongCatException reason) {
    inbox.close(reason);
    roster.takeIn();
    for (RunningRequest request : roster.all()) {
      pages.discard(request);
      end(request, reason);
    }
  }
}
