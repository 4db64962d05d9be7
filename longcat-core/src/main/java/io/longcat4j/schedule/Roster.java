package io.longcat4j.schedule;

import io.longcat4j.cache.SequenceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Who waits and who runs. Requests join by rank when there are pages for all their known rows; one
 * that gives its pages back waits again, and nobody overtakes it but by priority. Used by the
 * scheduler's thread.
 */
final class Roster {
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

  /** By rank, the highest first; not to be changed, but follows {@link #leave}. */
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

  /** Lets in who fits. */
  void join(long now) {
    while (!isFull && !waiting.isEmpty() && running.size() < maxRunning) {
      RunningRequest first = waiting.first();
      isFull = !pages.open(first, running);
      if (!isFull) {
        waiting.remove(first);
        running.add(first);
        running.sort(RunningRequest.RANK);
        start(first, now);
      }
    }
  }

  private void start(RunningRequest request, long now) {
    if (!request.started) {
      request.started = true;
      request.startedAt = now;
      inbox.leftQueue();
    }
  }

  /**
   * Makes room for a request's share; its draft makes way first, then those of the lowest rank,
   * maybe itself.
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
