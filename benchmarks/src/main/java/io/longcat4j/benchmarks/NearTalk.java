package io.longcat4j.benchmarks;

import io.longcat4j.LongCat;
import io.longcat4j.Session;
import io.longcat4j.SessionOptions;
import io.longcat4j.TurnDetection;
import io.longcat4j.VoiceActivity;
import java.time.Duration;

/**
 * A session of this process.
 *
 * @param session closed with this
 * @param microphone closed with this
 * @param events of the session
 */
record NearTalk(Session session, LiveMicrophone microphone, HeardEvents events) implements Talk {
  private static final Duration LONG = Duration.ofDays(1);

  static Talk open(
      LongCat longcat, TurnDetection rules, VoiceActivity.Factory activity, Pace pace) {
    Session session =
        longcat.session(
            SessionOptions.builder()
                .sampleRateHz(LiveMicrophone.RATE_HZ)
                .detection(rules)
                .voiceActivity(activity)
                .build());
    HeardEvents events = new HeardEvents();
    events.read(session.events());
    return new NearTalk(session, LiveMicrophone.open(session::write, pace), events);
  }

  @Override
  public void write(String text) {
    session.say(text);
  }

  @Override
  public void heardAll() {
    session.played(LONG);
  }

  @Override
  public void close() {
    microphone.close();
    session.close();
  }
}
