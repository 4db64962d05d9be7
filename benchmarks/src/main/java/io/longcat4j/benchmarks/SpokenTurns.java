package io.longcat4j.benchmarks;

import io.longcat4j.AudioDelta;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCat;
import io.longcat4j.SessionOptions;
import io.longcat4j.SpeechStarted;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.VoiceActivity;
import io.longcat4j.benchmarks.HeardEvents.Noted;
import io.longcat4j.benchmarks.LiveMicrophone.Saying;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Has questions asked aloud and answered aloud, in one session each time. Used by one thread. */
final class SpokenTurns {
  private static final String LONG_QUESTION = "Count from sixty one to sixty eight.";

  /** Between a reply and the next question. */
  private static final int SILENCE = 3 * LiveMicrophone.RATE_HZ / 10;

  /**
   * A question that was answered. Times are seconds.
   *
   * @param ahead whether the reply was begun before the turn was over
   * @param decided from the end of the turn to the first sound, as the session tells
   * @param seen the same as the reader saw it
   * @param waited from the last sample of speech to the first sound
   * @param falseEnds ends of turn before the question was
   */
  record Answer(boolean ahead, double decided, double seen, double waited, int falseEnds) {}

  private final LongCat longcat;
  private final VoiceActivity.Factory activity;
  private final List<SpokenQuestion> questions;
  private final Pace pace;
  private final SplittableRandom random = new SplittableRandom(1);

  SpokenTurns(
      LongCat longcat, VoiceActivity.Factory activity, List<SpokenQuestion> questions, Pace pace) {
    this.longcat = longcat;
    this.activity = activity;
    this.questions = questions;
    this.pace = pace;
  }

  private SessionOptions options(TurnDetection rules) {
    return SessionOptions.builder()
        .sampleRateHz(LiveMicrophone.RATE_HZ)
        .detection(rules)
        .voiceActivity(activity)
        .build();
  }

  /** Asks and hears the answer. */
  List<Answer> ask(TurnDetection rules, int turns) {
    List<Answer> answers = new ArrayList<>();
    try (BenchedSession session = BenchedSession.open(longcat, options(rules), pace)) {
      for (int i = 0; i < turns; i++) {
        answers.add(answer(session, question(i)));
        session.heardAll();
      }
    }
    return answers;
  }

  private SpokenQuestion question(int i) {
    return questions.get(i % questions.size());
  }

  /** So that pieces and windows lie elsewhere each time. */
  private int silence(int least) {
    return least + random.nextInt(4 * LiveMicrophone.PIECE);
  }

  private Answer answer(BenchedSession session, SpokenQuestion question) {
    Saying saying = session.microphone().say(question, silence(SILENCE));
    int falseEnds = 0;
    while (true) {
      List<Noted> turn = session.events().upTo(noted -> noted.is(TurnDone.class));
      Noted began = first(turn, TurnStarted.class);
      if (!saying.isEndedBy(began.nanos())) {
        falseEnds++;
        continue;
      }
      Noted sound = first(turn, AudioDelta.class);
      TurnDone done = (TurnDone) turn.get(turn.size() - 1).event();
      return new Answer(
          ((TurnStarted) began.event()).speculated(),
          done.firstAudio().orElseThrow().toNanos() / 1e9,
          seconds(began.nanos(), sound.nanos()),
          seconds(saying.ended(), sound.nanos()),
          falseEnds);
    }
  }

  /**
   * Has something long said, and speaks while it is.
   *
   * @return seconds from the first sample of speech until nothing of the reply follows
   */
  List<Double> interrupt(TurnDetection rules, int turns) {
    List<Double> interruptions = new ArrayList<>();
    try (BenchedSession session = BenchedSession.open(longcat, options(rules), pace)) {
      for (int i = 0; i < turns; i++) {
        // What was said before would make the next reply another one.
        session.session().restore(List.of());
        session.session().say(LONG_QUESTION);
        interruptions.add(interruption(session, question(i)));
      }
    }
    return interruptions;
  }

  private double interruption(BenchedSession session, SpokenQuestion question) {
    var unused = session.events().upTo(noted -> noted.is(AudioDelta.class));
    Saying saying = session.microphone().say(question, silence(0));
    List<Noted> rest = session.events().upTo(noted -> noted.is(SpeechStarted.class));
    session.microphone().hush();
    session.session().clear();
    return seconds(saying.begun(), first(rest, Interrupted.class).nanos());
  }

  static Noted first(List<Noted> events, Class<?> kind) {
    return events.stream()
        .filter(noted -> kind.isInstance(noted.event()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("No " + kind.getSimpleName() + " in " + events));
  }

  static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }
}
