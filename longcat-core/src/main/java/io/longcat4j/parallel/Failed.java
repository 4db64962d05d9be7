package io.longcat4j.parallel;

import io.longcat4j.RankFailedException;
import java.nio.ByteBuffer;

/**
 * That a rank failed, as it is told to others.
 *
 * @param rank which
 * @param host where
 * @param message all of it
 */
record Failed(int rank, String host, String message) {
  static final int MOST_BYTES = 16_384;
  private static final int MOST_CHARACTERS = 2_000;

  static Failed of(RankFailedException failure) {
    String message = String.valueOf(failure.getMessage());
    return new Failed(
        failure.rank(),
        failure.host(),
        message.length() <= MOST_CHARACTERS ? message : message.substring(0, MOST_CHARACTERS));
  }

  RankFailedException exception() {
    return new RankFailedException(rank, host, message);
  }

  Frame frame(FrameKind kind) {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES).putInt(rank);
    Texts.put(bytes, host);
    Texts.put(bytes, message);
    return new Frame(kind, bytes.flip());
  }

  /** Of a group of so many ranks. */
  static Failed of(ByteBuffer bytes, int size) throws MalformedFrameException {
    int rank = Texts.number(bytes, 0, size - 1);
    Failed failed = new Failed(rank, Texts.get(bytes), Texts.get(bytes));
    Texts.requireEnd(bytes);
    return failed;
  }
}
