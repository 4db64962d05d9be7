package io.longcat4j.benchmarks;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.TurnDetection;
import io.longcat4j.audio.SileroDetection;
import io.longcat4j.benchmarks.SpokenTurns.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures what somebody notices who talks with a model: how soon it answers, how soon it falls
 * silent when it is interrupted, and whether it keeps up with what it hears and sees. Everything
 * goes at the pace of a microphone. Immutable; one run at a time, or they disturb each other.
 */
public final class SessionBench {
  private static final int WARM_UP = 3;
  private static final String QUESTIONS = "*question*.{wav,flac}";

  /**
   * What to measure.
   *
   * @param questions that are asked aloud, in turn
   * @param turns of each measurement, after some that warm up
   */
  public record Options(List<Path> questions, int turns) {
    /** Copies the list; both need at least one. */
    public Options {
      questions = List.copyOf(questions);
      if (questions.isEmpty() || turns < 1) {
        throw new InvalidRequestException(
            "%d turns with %d spoken questions cannot be measured; pass at least 1 of each"
                .formatted(turns, questions.size()));
      }
    }

    /**
     * Asks what lies in some directories, those that are there.
     *
     * @param directories with files whose names hold "question" and end on ".wav" or ".flac"
     * @param turns of each measurement
     * @return options
     */
    public static Options of(List<Path> directories, int turns) {
      List<Path> questions = new ArrayList<>();
      for (Path directory : directories) {
        if (Files.isDirectory(directory)) {
          questions.addAll(in(directory));
        }
      }
      if (questions.isEmpty()) {
        throw new InvalidRequestException(
            "There is no spoken question (" + QUESTIONS + ") in " + directories);
      }
      return new Options(questions, turns);
    }

    private static List<Path> in(Path directory) {
      List<Path> found = new ArrayList<>();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, QUESTIONS)) {
        files.forEach(found::add);
      } catch (IOException e) {
        throw new InvalidRequestException(directory + " cannot be listed (" + e + ")", e);
      }
      found.sort(null);
      return found;
    }
  }

  private final Options options;
  private final Consumer<String> progress;
  private final Pace pace;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public SessionBench(Options options, Consumer<String> progress) {
    this(options, progress, Pace.REAL);
  }

  SessionBench(Options options, Consumer<String> progress, Pace pace) {
    this.options = options;
    this.progress = progress;
    this.pace = pace;
  }

  /**
   * Measures.
   *
   * @param longcat a model that hears and speaks; stays the caller's
   * @param server that serves it on this machine, whose sessions are measured as well, or empty
   * @return figures and tables
   */
  public BenchReport run(LongCat longcat, Optional<URI> server) {
    return measure(longcat, server).report();
  }

  SessionReport measure(LongCat longcat, Optional<URI> server) {
    List<SpokenQuestion> questions = options.questions.stream().map(SpokenQuestion::read).toList();
    int turns = options.turns;
    TurnDetection normal = TurnDetection.normal();
    try (SileroDetection detection = SileroDetection.open()) {
      MeteredActivity activity = new MeteredActivity(detection);
      SpokenTurns near =
          new SpokenTurns(rules -> NearTalk.open(longcat, rules, activity, pace), questions);
      progress.accept("warming up ...");
      var unused = near.ask(normal, Math.min(WARM_UP, turns));
      progress.accept("replies that are begun before the turn is over ...");
      List<Answer> ahead = near.ask(normal, turns);
      progress.accept("replies that are not ...");
      List<Answer> after = near.ask(normal.withoutSpeculation(), turns);
      progress.accept("eager turns ...");
      List<Answer> eager = near.ask(TurnDetection.eager(), turns);
      progress.accept("interruptions ...");
      List<Double> interruptions = near.interrupt(normal, turns);
      progress.accept("sound and pictures ...");
      List<LiveChunks.Backlog> backlogs = new LiveChunks(longcat, questions, pace).measure(turns);
      Optional<SessionReport.Far> far = server.map(at -> far(at, questions));
      return new SessionReport(
          ahead, after, eager, interruptions, backlogs, far, activity.share(), activity.seconds());
    }
  }

  private SessionReport.Far far(URI server, List<SpokenQuestion> questions) {
    SpokenTurns far = new SpokenTurns(rules -> FarTalk.open(server, rules, pace), questions);
    progress.accept("warming up over a WebSocket ...");
    var unused = far.ask(TurnDetection.normal(), Math.min(WARM_UP, options.turns));
    progress.accept("replies over a WebSocket ...");
    List<Answer> answers = far.ask(TurnDetection.normal(), options.turns);
    progress.accept("interruptions over a WebSocket ...");
    return new SessionReport.Far(answers, far.interrupt(TurnDetection.normal(), options.turns));
  }
}
