package io.longcat4j.server.realtime;

import io.longcat4j.Session;
import io.longcat4j.server.wire.ApiException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sound of push-to-talk that comes while a reply is made, where it would interrupt: clients mean it
 * to be heard at the commit. Not thread-safe.
 */
final class HeldSound {
  private static final int MOST_SECONDS = 120;

  private final List<float[]> pieces = new ArrayList<>();
  private long samples;

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  void add(float[] piece, int sampleRateHz) {
    samples += piece.length;
    if (samples > MOST_SECONDS * (long) sampleRateHz) {
      drop();
      throw ApiException.invalid(
          "audio", "More than " + MOST_SECONDS + " s wait for a commit; they are dropped");
    }
    pieces.add(piece);
  }

  void drop() {
    pieces.clear();
    samples = 0;
  }

  /** Has it heard. */
  void writeTo(Session session) {
    pieces.forEach(session::write);
    drop();
  }
}
