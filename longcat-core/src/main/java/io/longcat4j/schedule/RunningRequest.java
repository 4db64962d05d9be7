package io.longcat4j.schedule;

import io.longcat4j.LongCatException;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.decode.AttentionCount;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.ExpertCount;
import io.longcat4j.decode.SequenceRows;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.TextDecoding;
import java.time.Duration;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way. Its rows are all that it is fed; what its cache lacks of them is still to
 * be computed, be it a prompt, the last choice, or everything again after a preemption. Used by the
 * scheduler's thread, except for the methods of {@link Ticket}.
 */
final class RunningRequest implements Ticket {
  /** Higher priorities first, then in the order of submission. */
  static final Comparator<RunningRequest> RANK =
      Comparator.comparingInt((RunningRequest r) -> -r.submission.priority())
          .thenComparingLong(r -> r.number);

  /** The pass brings none. */
  static final int NO_LOGITS = -1;

  final Submission submission;
  final SequenceRows rows;
  final ExpertCount experts;
  final @Nullable AttentionCount attention;
  final long number;
  final long submittedAt;
  private final long timeoutNanos;
  private final Inbox inbox;
  private volatile @Nullable LongCatException cancelled;

  @Nullable SequenceCache cache;
  boolean started;
  boolean prefilled;
  boolean ended;
  long startedAt;
  long prefilledAt;
  int reused;
  int preemptions;
  long servedAt;

  /** Its sink takes no more for now. */
  boolean resting;

  /** What may follow the rows that are known, and how such guesses went. */
  int draft = SpeechStep.NONE;

  int drafted;
  int accepted;

  /** Rows in the pass that is being made, and its place there. */
  int share;

  int feed;

  /** Which logits are its own after the pass; a draft's follow those of its text. */
  int textLogits = NO_LOGITS;

  int audioLogits = NO_LOGITS;

  RunningRequest(
      Submission submission,
      SequenceRows rows,
      ExpertCount experts,
      @Nullable AttentionCount attention,
      long number,
      long submittedAt,
      Inbox inbox) {
    this.submission = submission;
    this.rows = rows;
    this.experts = experts;
    this.attention = attention;
    this.number = number;
    this.submittedAt = submittedAt;
    this.timeoutNanos = submission.timeout().map(RunningRequest::nanos).orElse(Long.MAX_VALUE);
    this.inbox = inbox;
  }

  private static long nanos(Duration timeout) {
    boolean known = timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0;
    return known ? timeout.toNanos() : Long.MAX_VALUE;
  }

  /** Whether the deadline has passed. */
  boolean isLate(long now) {
    return remainingNanos(now) <= 0;
  }

  /** Until the deadline; the largest number if there is none. */
  long remainingNanos(long now) {
    return timeoutNanos == Long.MAX_VALUE ? timeoutNanos : timeoutNanos - (now - submittedAt);
  }

  @Nullable LongCatException cancelled() {
    return cancelled;
  }

  int computed() {
    return cache == null ? 0 : cache.length();
  }

  /** Rows that are known and not computed; -1 where a draft has been computed beyond them. */
  int remaining() {
    return rows.size() - computed();
  }

  boolean hasDraft() {
    return draft != SpeechStep.NONE;
  }

  /** Whether the row after the next one may be fed at all. */
  boolean canTakeDraft() {
    return !ended && decoding() instanceof TextDecoding && rows.size() < submission.positions();
  }

  /** Whether another step may follow at once. */
  boolean canGoOn() {
    return cancelled == null && sink().ready();
  }

  /** Whether the next pass is to bring logits after one row. */
  boolean isDecoding() {
    return remaining() == 1;
  }

  @Nullable Decoding decoding() {
    return submission.decoding();
  }

  Sink sink() {
    return submission.sink();
  }

  @Override
  public void cancel(LongCatException reason) {
    synchronized (this) {
      if (cancelled == null) {
        cancelled = reason;
      }
    }
    inbox.wake();
  }

  @Override
  public void wake() {
    inbox.wake();
  }
}
