package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.TurnDetection;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.LiveChunks.Backlog;
import io.longcat4j.benchmarks.SpokenTurns.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Turns the measurements of sessions into figures beside their bars.
 *
 * @param ahead answers by the normal rule, which are begun before the turn is over
 * @param after answers by the same rule without that
 * @param eager answers by the eager rule
 * @param interruptions of long replies, seconds from the first sample of speech
 * @param backlogs of sound and pictures
 * @param far the first and the interruptions over a WebSocket, turn by turn in the same way
 * @param detection share of one core that detection takes
 * @param detectedSeconds sound that was listened to
 */
record SessionReport(
    List<Answer> ahead,
    List<Answer> after,
    List<Answer> eager,
    List<Double> interruptions,
    List<Backlog> backlogs,
    Optional<Far> far,
    double detection,
    double detectedSeconds) {
  private static final double LEAST_SPEECH = TurnDetection.normal().leastSpeech().toNanos() / 1e9;

  /**
   * The same over a WebSocket.
   *
   * @param answers by the normal rule
   * @param interruptions of long replies
   */
  record Far(List<Answer> answers, List<Double> interruptions) {
    /** Copies the lists. */
    Far {
      answers = List.copyOf(answers);
      interruptions = List.copyOf(interruptions);
    }
  }

  /** Copies the lists. */
  SessionReport {
    ahead = List.copyOf(ahead);
    after = List.copyOf(after);
    eager = List.copyOf(eager);
    interruptions = List.copyOf(interruptions);
    backlogs = List.copyOf(backlogs);
  }

  /**
   * One line.
   *
   * @param bar in the measure's unit, or 0 for none
   * @param scale of the unit, in seconds or shares
   */
  private record Line(
      String key, String measure, double bar, Optional<Sample> found, double scale, String unit) {
    String words(double value) {
      return Figures.fixed(value / scale, 2) + unit;
    }
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    Predicate<Answer> kept = Answer::ahead;
    lines.add(
        milliseconds(
            "ahead",
            "end of turn decided to first sound, begun ahead",
            3,
            sample(ahead, kept, Answer::decided)));
    lines.add(
        milliseconds("ahead_seen", "the same for who reads", 0, sample(ahead, kept, Answer::seen)));
    lines.add(
        milliseconds(
            "after",
            "end of turn decided to first sound, begun then",
            15,
            sample(after, kept.negate(), Answer::decided)));
    lines.add(
        milliseconds(
            "after_seen", "the same for who reads", 0, sample(after, kept.negate(), Answer::seen)));
    lines.add(
        milliseconds(
            "waited",
            "last sample of speech to first sound, 600 ms of silence",
            610,
            sample(ahead, kept, Answer::waited)));
    lines.add(
        milliseconds(
            "waited_eager", "the same, eager: 300 ms", 320, sample(eager, kept, Answer::waited)));
    lines.add(
        milliseconds(
            "interrupted",
            "beginning of speech to the end of an interrupted reply, beyond least speech",
            120,
            sample(interruptions, all -> true, seconds -> seconds - LEAST_SPEECH)));
    double chunk = sample(backlogs, all -> true, Backlog::chunkSeconds).orElseThrow().median();
    lines.add(
        milliseconds(
            "chunk",
            "taking in 1 s of sound and 2 pictures",
            0,
            sample(backlogs, all -> true, Backlog::chunkSeconds)));
    lines.add(
        new Line(
            "backlog",
            "of that not taken in at the end of the turn",
            1,
            sample(backlogs, all -> true, backlog -> backlog.leftSeconds() / chunk),
            1,
            " chunks"));
    far.ifPresent(over -> addFar(lines, over));
    return lines;
  }

  private void addFar(List<Line> lines, Far over) {
    lines.add(
        milliseconds(
            "socket_seen",
            "a WebSocket adds to: end of turn seen to first sound",
            5,
            added(over.answers(), ahead, Answer::seen)));
    lines.add(
        milliseconds(
            "socket_waited",
            "a WebSocket adds to: last sample of speech to first sound",
            5,
            added(over.answers(), ahead, Answer::waited)));
    lines.add(
        milliseconds(
            "socket_interrupted",
            "a WebSocket adds to: beginning of speech to the end of the reply",
            5,
            added(over.interruptions(), interruptions, Double::doubleValue)));
  }

  /** Turn by turn. */
  private static <T> Optional<Sample> added(
      List<T> with, List<T> without, ToDoubleFunction<T> value) {
    return Optional.of(
        new Sample(
            IntStream.range(0, with.size())
                .mapToDouble(
                    i -> value.applyAsDouble(with.get(i)) - value.applyAsDouble(without.get(i)))
                .toArray()));
  }

  private static Line milliseconds(String key, String measure, double bar, Optional<Sample> found) {
    return new Line(key, measure, bar / 1e3, found, 1e-3, " ms");
  }

  private static <T> Optional<Sample> sample(
      List<T> all, Predicate<T> which, ToDoubleFunction<T> value) {
    double[] values = all.stream().filter(which).mapToDouble(value).toArray();
    return values.length == 0 ? Optional.empty() : Optional.of(new Sample(values));
  }

  /** Of all turns, those that had an end which was none. */
  private static double falseEnds(List<Answer> answers) {
    return (double) answers.stream().filter(answer -> answer.falseEnds() > 0).count()
        / answers.size();
  }

  BenchReport report() {
    ResultTable table = new ResultTable("measure", "bar", "median", "p95", "of", "reached");
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    for (Line line : lines()) {
      if (line.found().isPresent()) {
        Sample found = line.found().get();
        double p95 = found.percentile(0.95);
        table.row(
            line.measure(),
            line.bar() == 0 ? "" : "<= " + line.words(line.bar()).replace(".00", ""),
            line.words(found.median()),
            line.words(p95),
            "" + found.count(),
            reached(line.bar(), found.median(), p95));
        figures
            .putObject(line.key())
            .put("median", Figures.rounded(found.median()))
            .put("p95", Figures.rounded(p95))
            .put("count", found.count());
      }
    }
    table.row(
        "detection, of one core",
        "<= 2 %",
        Figures.fixed(100 * detection, 2) + " %",
        "",
        Figures.fixed(detectedSeconds, 0) + " s",
        detection <= 0.02 ? "yes" : "no");
    figures.put("detection_share", Figures.rounded(detection));
    falseEnds(table, figures, "normal", ahead);
    falseEnds(table, figures, "eager", eager);
    figures.put("kept", (double) ahead.stream().filter(Answer::ahead).count() / ahead.size());
    return new BenchReport(
        Optional.empty(), List.of(new Titled("Spoken sessions", table)), figures);
  }

  private static void falseEnds(
      ResultTable table, ObjectNode figures, String rule, List<Answer> answers) {
    table.row(
        "questions answered before they were over, " + rule + " rule",
        "",
        Figures.percent(falseEnds(answers)),
        "",
        "" + answers.size(),
        "");
    figures.put("false_ends_" + rule, falseEnds(answers));
  }

  private static String reached(double bar, double median, double p95) {
    if (bar == 0) {
      return "";
    }
    return p95 <= bar ? "yes" : median <= bar ? "in the median" : "no";
  }
}
