package io.longcat4j.benchmarks;

import io.longcat4j.LongCat;
import io.longcat4j.Session;
import io.longcat4j.SessionOptions;
import java.time.Duration;

/**
 * A session, who speaks and who listens.
 *
 * @param session closed with this
 * @param microphone closed with this
 * @param events of the session
 */
record BenchedSession(Session session, LiveMicrophone microphone, HeardEvents events)
    implements AutoCloseable {
  private static final Duration LONG = Duration.ofDays(1);

  static BenchedSession open(LongCat longcat, SessionOptions options, Pace pace) {
    Session session = longcat.session(options);
    HeardEvents events = new HeardEvents(session.events());
    return new BenchedSession(session, LiveMicrophone.open(session::write, pace), events);
  }

  /** All of the last reply was heard. */
  void heardAll() {
    session.played(LONG);
  }

  @Override
  public void close() {
    microphone.close();
    session.close();
  }
}
