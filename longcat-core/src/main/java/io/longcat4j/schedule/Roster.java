package io.longcat4j.schedule;

import io.longcat4j.cache.SequenceCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who waits and who runs. Requests join by rank when there are pages for all their known rows; one
 * that gives its pages back waits again. A request whose sink is not ready rests: it stays where it
 * is as long as nobody needs its place, and after that waits for its sink too. Used by the
 * scheduler's thread.
 */
final class Roster {
  private static final Comparator<RunningRequest> ORDER =
      Comparator.comparing((RunningRequest r) -> r.resting).thenComparing(RunningRequest.RANK);

  private final Inbox inbox;
  private final Pages pages;
  private final int maxRunning;
  private final TreeSet<RunningRequest> waiting = new TreeSet<>(RunningRequest.RANK);
  private final List<RunningRequest> running = new ArrayList<>();
  private final List<RunningRequest> arrived = new ArrayList<>();

  /** Found no room, and nobody has left since. */
  private boolean isFull;

  Roster(Inbox inbox, Pages pages, int maxRunning) {
    this.inbox = inbox;
    this.pages = pages;
    this.maxRunning = maxRunning;
  }

  /**
   * By rank, the highest first, those that rest after all others; not to be changed, but follows
   * {@link #leave}.
   */
  List<RunningRequest> running() {
    return running;
  }

  /** Everybody, in a list of the caller's. */
  List<RunningRequest> all() {
    List<RunningRequest> all = new ArrayList<>(running);
    all.addAll(waiting);
    return all;
  }

  /** Takes in what other threads have left. */
  void takeIn() {
    arrived.clear();
    inbox.drainTo(arrived);
    if (!arrived.isEmpty()) {
      waiting.addAll(arrived);
      isFull = false;
    }
  }

  /** Lets in who fits; those that rest make way. */
  void join(long now) {
    seeWhoRests();
    RunningRequest first = firstWaiting();
    while (first != null && (!isFull || lastMakesWayIfItRests())) {
      isFull = running.size() >= maxRunning || !pages.open(first, running);
      if (!isFull) {
        waiting.remove(first);
        first.resting = false;
        running.add(first);
        running.sort(ORDER);
        start(first, now);
        first = firstWaiting();
      }
    }
  }

  private void seeWhoRests() {
    boolean changed = false;
    for (int i = 0; i < running.size(); i++) {
      RunningRequest request = running.get(i);
      boolean rests = request.isDecoding() && !request.sink().ready();
      changed |= rests != request.resting;
      request.resting = rests;
    }
    if (changed) {
      running.sort(ORDER);
    }
  }

  private @Nullable RunningRequest firstWaiting() {
    for (RunningRequest request : waiting) {
      if (request.sink().ready()) {
        return request;
      }
    }
    return null;
  }

  private boolean lastMakesWayIfItRests() {
    RunningRequest last = running.isEmpty() ? null : running.get(running.size() - 1);
    if (last == null || !last.resting) {
      return false;
    }
    preempt(last);
    return true;
  }

  private void start(RunningRequest request, long now) {
    if (!request.started) {
      request.started = true;
      request.startedAt = now;
      inbox.leftQueue();
    }
  }

  /**
   * Makes room for a request's share; its draft makes way first, then the last in order, maybe
   * itself.
   */
  boolean makeRoom(RunningRequest request) {
    while (!pages.append(sequence(request), request.share)) {
      if (request.share > request.remaining()) {
        request.share = request.remaining();
        continue;
      }
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

  /** Nobody knows what the pages hold: who runs gives them back and is fed again. */
  void startAgain() {
    for (RunningRequest request : List.copyOf(running)) {
      pages.discard(request);
      request.preemptions++;
      leave(request);
      waiting.add(request);
    }
  }

  /** A request has ended or makes way. */
  void leave(RunningRequest request) {
    running.remove(request);
    waiting.remove(request);
    isFull = false;
  }

  /** A request has ended. */
  void end(RunningRequest request) {
    request.ended = true;
    leave(request);
    if (!request.started) {
      inbox.leftQueue();
    }
  }

  /** Those that are cancelled or late; a new list only where there are any. */
  List<RunningRequest> ending(long now) {
    List<RunningRequest> found = List.of();
    for (int i = 0; i < running.size(); i++) {
      found = withEnding(found, running.get(i), now);
    }
    for (RunningRequest request : waiting) {
      found = withEnding(found, request, now);
    }
    return found;
  }

  private static List<RunningRequest> withEnding(
      List<RunningRequest> found, RunningRequest request, long now) {
    if (request.cancelled() == null && !request.isLate(now)) {
      return found;
    }
    List<RunningRequest> more = found.isEmpty() ? new ArrayList<>() : found;
    more.add(request);
    return more;
  }

  /** Until the first deadline. */
  long remainingNanos(long now) {
    long nanos = Long.MAX_VALUE;
    for (RunningRequest request : running) {
      nanos = Math.min(nanos, request.remainingNanos(now));
    }
    for (RunningRequest request : waiting) {
      nanos = Math.min(nanos, request.remainingNanos(now));
    }
    return Math.max(0, nanos);
  }

  static SequenceCache sequence(RunningRequest request) {
    if (request.cache == null) {
      throw new IllegalStateException("a running request has no sequence");
    }
    return request.cache;
  }
}
