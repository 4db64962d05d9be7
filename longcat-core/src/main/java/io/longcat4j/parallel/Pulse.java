package io.longcat4j.parallel;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * A sign of life.
 *
 * @param rounds of collectives that this rank has come to so far
 * @param waitingNanos for how long it has waited in the last of them, or 0
 * @param figures what collectives have cost
 */
record Pulse(long rounds, long waitingNanos, Figures figures) {
  static final int BYTES = 6 * Long.BYTES;
  static final Pulse NONE = new Pulse(0, 0, Figures.NONE);

  Frame frame(FrameKind kind) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(rounds).putLong(waitingNanos);
    bytes.putLong(figures.collectives()).putLong(figures.bytes());
    bytes.putLong(figures.nanos()).putLong(figures.waitingNanos());
    return new Frame(kind, bytes.flip());
  }

  static Pulse of(ByteBuffer bytes) throws MalformedFrameException {
    long rounds = count(bytes);
    long waiting = count(bytes);
    Figures figures = new Figures(count(bytes), count(bytes), count(bytes), count(bytes));
    return new Pulse(rounds, waiting, figures);
  }

  /**
   * Who keeps the others waiting: of those who have come to fewer rounds than somebody who has
   * waited for too long, the one that is furthest back and does not wait itself.
   *
   * @param ofRanks the last sign of life of each rank, from rank 0 on
   * @param limitNanos beyond which waiting is too long
   * @return a rank, or empty if none is missing
   */
  static OptionalInt missing(List<Pulse> ofRanks, long limitNanos) {
    long waitedFor = -1;
    long least = Long.MAX_VALUE;
    for (Pulse pulse : ofRanks) {
      least = Math.min(least, pulse.rounds);
      if (pulse.waitingNanos > limitNanos) {
        waitedFor = Math.max(waitedFor, pulse.rounds);
      }
    }
    for (int rank = 0; rank < ofRanks.size() && least < waitedFor; rank++) {
      Pulse pulse = ofRanks.get(rank);
      if (pulse.rounds == least && pulse.waitingNanos == 0) {
        return OptionalInt.of(rank);
      }
    }
    return OptionalInt.empty();
  }

  private static long count(ByteBuffer bytes) throws MalformedFrameException {
    long count = bytes.getLong();
    if (count < 0) {
      throw new MalformedFrameException("a sign of life with a negative count");
    }
    return count;
  }
}
