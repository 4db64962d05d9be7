package io.longcat4j.benchmarks;

import io.longcat4j.AudioDelta;
import io.longcat4j.SpeechStarted;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
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

  private final Talk.Place place;
  private final List<SpokenQuestion> questions;

  SpokenTurns(Talk.Place place, List<SpokenQuestion> questions) {
    this.place = place;
    this.questions = questions;
  }

  /** Asks and hears the answer. */
  List<Answer> ask(TurnDetection rules, int turns) {
    List<Answer> answers = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    try (Talk talk = place.open(rules)) {
      for (int i = 0; i < turns; i++) {
        answers.add(answer(talk, question(i), SILENCE + offset(random)));
        talk.heardAll();
      }
    }
    return answers;
  }

  private SpokenQuestion question(int i) {
    return questions.get(i % questions.size());
  }

  /** So that pieces and windows lie elsewhere each time. */
  private static int offset(SplittableRandom random) {
    return random.nextInt(8 * LiveMicrophone.PIECE);
  }

  private static Answer answer(Talk talk, SpokenQuestion question, int silence) {
    Saying saying = talk.microphone().say(question, silence);
    int falseEnds = 0;
    while (true) {
      List<Noted> turn = talk.events().upTo(noted -> noted.is(TurnDone.class));
      Noted began = first(turn, TurnStarted.class);
      if (!saying.isEndedBy(began.nanos())) {
        falseEnds++;
        continue;
      }
      Noted sound = first(turn, AudioDelta.class);
      TurnDone done = (TurnDone) last(turn).event();
      double seen = seconds(began.nanos(), sound.nanos());
      return new Answer(
          ((TurnStarted) began.event()).speculated(),
          done.firstAudio().map(time -> time.toNanos() / 1e9).orElse(seen),
          seen,
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
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < turns; i++) {
      // What was said before would make the reply another one.
      try (Talk talk = place.open(rules)) {
        talk.write(LONG_QUESTION);
        interruptions.add(interruption(talk, question(i), offset(random)));
      }
    }
    return interruptions;
  }

  private static double interruption(Talk talk, SpokenQuestion question, int silence) {
    var unused = talk.events().upTo(noted -> noted.is(AudioDelta.class));
    Saying saying = talk.microphone().say(question, silence);
    // Where a reply is cut off, it is so before this is told.
    long told = last(talk.events().upTo(noted -> noted.is(SpeechStarted.class))).nanos();
    return seconds(saying.begun(), told);
  }

  private static Noted last(List<Noted> events) {
    return events.get(events.size() - 1);
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
