package io.longcat4j.parallel;

import java.nio.ByteBuffer;

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

  private static long count(ByteBuffer bytes) throws MalformedFrameException {
    long count = bytes.getLong();
    if (count < 0) {
      throw new MalformedFrameException("a sign of life with a negative count");
    }
    return count;
  }
}
