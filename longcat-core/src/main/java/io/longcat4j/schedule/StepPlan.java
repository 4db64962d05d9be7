package io.longcat4j.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the rows of a pass: one of every request that decodes, and its draft where it has one,
 * and pieces of joining prompts, those of higher priority first, then those that have waited
 * longest for their turn. Used by the scheduler's thread.
 */
final class StepPlan {
  private static final Comparator<RunningRequest> TURN =
      Comparator.comparingInt((RunningRequest r) -> -r.submission.priority())
          .thenComparingLong(r -> r.servedAt)
          .thenComparingLong(r -> r.number);

  private final ChunkPolicy policy;
  private final int mostRows;
  private final List<RunningRequest> joining = new ArrayList<>();
  private long turn;
  private int decoding;
  private int decodingRows;
  private int joiningRows;

  StepPlan(ChunkPolicy policy, int mostRows) {
    this.policy = policy;
    this.mostRows = mostRows;
  }

  /** Sets every request's share; 0 rests. */
  void share(Collection<RunningRequest> running) {
    joining.clear();
    decoding = 0;
    decodingRows = 0;
    joiningRows = 0;
    for (RunningRequest request : running) {
      request.share = 0;
      if (!request.isDecoding()) {
        joining.add(request);
      } else if (!request.resting) {
        request.share = request.hasDraft() ? 2 : 1;
        decoding++;
        decodingRows += request.share;
      }
    }
    if (!joining.isEmpty()) {
      int rows = Math.max(decoding == 0 ? 1 : 0, policy.rows(decoding));
      join(Math.min(mostRows - decodingRows, rows));
    }
  }

  private void join(int rows) {
    joining.sort(TURN);
    turn++;
    for (int i = 0; i < joining.size() && joiningRows < rows; i++) {
      RunningRequest request = joining.get(i);
      request.share = Math.min(rows - joiningRows, request.remaining());
      request.servedAt = turn;
      joiningRows += request.share;
    }
  }

  /** Hears what the pass cost. */
  void passed(long nanos) {
    policy.onPass(decoding, joiningRows, nanos);
  }
}
