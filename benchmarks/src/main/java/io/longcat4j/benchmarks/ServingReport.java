package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.ServingBench.Closing;
import io.longcat4j.benchmarks.ServingBench.Joining;
import io.longcat4j.benchmarks.ServingBench.Measured;
import io.longcat4j.benchmarks.ServingBench.Throughput;
import io.longcat4j.benchmarks.ServingBench.Turns;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Turns the measurements of serving into figures; ratios are taken within a round. */
record ServingReport(ServingBench.Options options, FloorLog.Summary floors, Measured measured) {

  BenchReport report() {
    return new BenchReport(
        Optional.of(floors),
        List.of(
            new Titled("Serving, medians of " + options.rounds() + " rounds", table()),
            new Titled("A step of " + options.batch() + " rows", stepTable())),
        figures());
  }

  double throughputRatio() {
    return throughputs(Throughput::ratio).median();
  }

  double turnRatio() {
    return turns(Turns::ratio).median();
  }

  double gapRatio() {
    return joinings(Joining::overAlone).median();
  }

  double gapRatioWhileJoining() {
    return joinings(Joining::overDuring).median();
  }

  double closingSteps() {
    return closings(Closing::steps).largest();
  }

  double outsideShare() {
    return measured.steps().shares().median();
  }

  private Sample throughputs(ToDoubleFunction<Throughput> number) {
    return sample(measured.throughputs(), number);
  }

  private Sample turns(ToDoubleFunction<Turns> number) {
    return sample(measured.turns(), number);
  }

  private Sample joinings(ToDoubleFunction<Joining> number) {
    return sample(measured.joinings(), number);
  }

  private Sample closings(ToDoubleFunction<Closing> number) {
    return sample(measured.closings(), number);
  }

  private static <T> Sample sample(List<T> found, ToDoubleFunction<T> number) {
    return new Sample(found.stream().mapToDouble(number).toArray());
  }

  private ResultTable table() {
    ResultTable table = new ResultTable("measure", "median", "least", "most");
    String rate = " replies at once, tokens a second";
    number(table, "one reply, tokens a second", throughputs(Throughput::one));
    number(table, options.replies() + rate, throughputs(Throughput::many));
    number(table, "ratio", throughputs(Throughput::ratio));
    Turns turns = measured.turns().get(0);
    milliseconds(
        table,
        "first token, turn of %d positions".formatted(turns.first().promptTokens()),
        turns(turn -> Turns.seconds(turn.first())));
    milliseconds(
        table,
        "first token, second turn, %d positions computed"
            .formatted(turns.second().computedTokens()),
        turns(turn -> Turns.seconds(turn.second())));
    number(table, "ratio", turns(Turns::ratio));
    String joins = "a prompt of " + options.prompt() + " joins";
    milliseconds(table, "gap between tokens, p50, alone", joinings(j -> j.alone().percentile(0.5)));
    milliseconds(table, "the same, p99", joinings(j -> j.alone().percentile(0.99)));
    milliseconds(table, "p50 while " + joins, joinings(j -> j.during().percentile(0.5)));
    milliseconds(table, "p99 while " + joins, joinings(j -> j.during().percentile(0.99)));
    number(table, "p99 while it joins over p50 alone", joinings(Joining::overAlone));
    number(table, "p99 over p50 while it joins", joinings(Joining::overDuring));
    milliseconds(table, "first token of that prompt", joinings(Joining::seconds));
    milliseconds(table, "close() to the last page freed", closings(Closing::seconds));
    number(table, "the same, in steps", closings(Closing::steps));
    return table;
  }

  private static void number(ResultTable table, String measure, Sample sample) {
    table.row(
        measure,
        Figures.fixed(sample.median(), 3),
        Figures.fixed(sample.best(), 3),
        Figures.fixed(sample.largest(), 3));
  }

  private static void milliseconds(ResultTable table, String measure, Sample sample) {
    table.row(
        measure,
        Figures.milliseconds(sample.median()),
        Figures.milliseconds(sample.best()),
        Figures.milliseconds(sample.largest()));
  }

  private ResultTable stepTable() {
    StepBench.Steps steps = measured.steps();
    double choosing = steps.rows() * steps.choosing().median();
    return new ResultTable("measure", "median of " + steps.seconds().count())
        .row("step", Figures.milliseconds(steps.seconds().median()))
        .row("outside the backend's operations", Figures.milliseconds(steps.outsideSeconds()))
        .row("share of the step", Figures.fixed(100 * steps.shares().median(), 3) + " %")
        .row(
            "share of the step, p99",
            Figures.fixed(100 * steps.shares().percentile(0.99), 3) + " %")
        .row("of which choosing ids, by itself", Figures.milliseconds(choosing));
  }

  private ObjectNode figures() {
    StepBench.Steps steps = measured.steps();
    return JsonNodeFactory.instance
        .objectNode()
        .put("backend", measured.backend())
        .put("rounds", options.rounds())
        .put("replies", options.replies())
        .put("one_tokens_per_s", rounded(throughputs(Throughput::one)))
        .put("many_tokens_per_s", rounded(throughputs(Throughput::many)))
        .put("throughput_ratio", Figures.rounded(throughputRatio()))
        .put("prompt_tokens", options.prompt())
        .put("first_turn_s", rounded(turns(turn -> Turns.seconds(turn.first()))))
        .put("second_turn_s", rounded(turns(turn -> Turns.seconds(turn.second()))))
        .put("turn_ratio", Figures.rounded(turnRatio()))
        .put("alone_p50_s", rounded(joinings(j -> j.alone().percentile(0.5))))
        .put("joining_p50_s", rounded(joinings(j -> j.during().percentile(0.5))))
        .put("joining_p99_s", rounded(joinings(j -> j.during().percentile(0.99))))
        .put("joining_p99_over_alone", Figures.rounded(gapRatio()))
        .put("joining_p99_over_during", rounded(joinings(Joining::overDuring)))
        .put("joining_s", rounded(joinings(Joining::seconds)))
        .put("closing_s", rounded(closings(Closing::seconds)))
        .put("closing_steps", closingSteps())
        .put("batch", steps.rows())
        .put("step_s", rounded(steps.seconds()))
        .put("outside_share", Figures.rounded(outsideShare()))
        .put("choosing_s", Figures.rounded(steps.rows() * steps.choosing().median()));
  }

  private static double rounded(Sample sample) {
    return Figures.rounded(sample.median());
  }
}
