package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.DetectionBench.Echo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns measurements of voice activity into tables.
 *
 * @param rules by their name, at 16 kHz
 * @param rates normal rules by the rate of the sound
 * @param shares of one core by the rate of the sound
 * @param echoes by how much fainter the reply is, in decibels
 */
record DetectionReport(
    Map<String, DetectionScore> rules,
    Map<Integer, DetectionScore> rates,
    Map<Integer, Double> shares,
    Map<Integer, Echo> echoes) {
  private static final double P95 = 0.95;

  /** Copies the maps, in their order. */
  DetectionReport {
    rules = new LinkedHashMap<>(rules);
    rates = new LinkedHashMap<>(rates);
    shares = new LinkedHashMap<>(shares);
    echoes = new LinkedHashMap<>(echoes);
  }

  BenchReport report() {
    return new BenchReport(
        Optional.empty(),
        List.of(
            new Titled("Labelled files, 16 kHz, by rule", rulesTable()),
            new Titled("Labelled files, normal rules, by rate", ratesTable()),
            new Titled("Echo of the own voice, normal rules", echoTable())),
        figures());
  }

  private ResultTable rulesTable() {
    ResultTable table =
        new ResultTable(
            "rule",
            "missed",
            "false starts",
            "start: median",
            "p95 of errors",
            "end: median",
            "p95 of errors",
            "ended falsely",
            "rightly",
            "end decided after: median",
            "p95");
    rules.forEach(
        (name, score) ->
            table.row(
                name,
                score.missed() + " of " + score.utterances(),
                "" + score.falseStarts(),
                millis(score.starts().median()),
                millis(score.startErrors().percentile(P95)),
                millis(score.ends().median()),
                millis(score.endErrors().percentile(P95)),
                "" + score.falseEnds(),
                "" + score.trueEnds(),
                millis(score.decided().median()),
                millis(score.decided().percentile(P95))));
    return table;
  }

  private ResultTable ratesTable() {
    ResultTable table =
        new ResultTable(
            "rate",
            "missed",
            "false starts",
            "start: median",
            "p95 of errors",
            "end: median",
            "p95 of errors",
            "of one core");
    rates.forEach(
        (rate, score) ->
            table.row(
                rate + " Hz",
                score.missed() + " of " + score.utterances(),
                "" + score.falseStarts(),
                millis(score.starts().median()),
                millis(score.startErrors().percentile(P95)),
                millis(score.ends().median()),
                millis(score.endErrors().percentile(P95)),
                Figures.fixed(100 * shares.getOrDefault(rate, Double.NaN), 2) + " %"));
    return table;
  }

  private ResultTable echoTable() {
    ResultTable table =
        new ResultTable(
            "echo",
            "interrupts itself",
            "threshold 0.8",
            "speech over it: missed",
            "start: median",
            "p95 of errors");
    echoes.forEach(
        (decibels, echo) ->
            table.row(
                "-" + decibels + " dB",
                echo.alone() + " of " + echo.replies(),
                echo.cautious() + " of " + echo.replies(),
                echo.spokenOver().missed() + " of " + echo.spokenOver().utterances(),
                millis(echo.spokenOver().starts().median()),
                millis(echo.spokenOver().startErrors().percentile(P95))));
    return table;
  }

  private static String millis(double value) {
    return Figures.fixed(value, 0) + " ms";
  }

  private ObjectNode figures() {
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    rules.forEach(
        (name, score) ->
            figures
                .putObject(name)
                .put("utterances", score.utterances())
                .put("missed", score.missed())
                .put("false_starts", score.falseStarts())
                .put("start_median_ms", Figures.rounded(score.starts().median()))
                .put("start_error_p95_ms", Figures.rounded(score.startErrors().percentile(P95)))
                .put("end_median_ms", Figures.rounded(score.ends().median()))
                .put("end_error_p95_ms", Figures.rounded(score.endErrors().percentile(P95)))
                .put("false_ends", score.falseEnds())
                .put("true_ends", score.trueEnds())
                .put("decided_median_ms", Figures.rounded(score.decided().median()))
                .put("decided_p95_ms", Figures.rounded(score.decided().percentile(P95))));
    ObjectNode core = figures.putObject("share_of_one_core");
    shares.forEach((rate, share) -> core.put(rate + "_hz", Figures.rounded(share)));
    ObjectNode echo = figures.putObject("interrupts_itself");
    echoes.forEach((decibels, found) -> echo.put("minus_" + decibels + "_db", found.alone()));
    return figures;
  }
}
