package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the engine promises, beside what a run found. Not thread-safe. */
final class Bars {
  private static final int LONG_CONTEXT = 32_768;
  private static final int PROMPT = 512;

  /** One promise. */
  private record Bar(String key, String measure, double found, double bar, Unit unit) {
    boolean isReached() {
      return switch (unit.sign) {
        case AT_LEAST -> found >= bar;
        case AT_MOST -> found <= bar;
        default -> found < bar;
      };
    }
  }

  private static final String AT_LEAST = ">= ";
  private static final String AT_MOST = "<= ";
  private static final String BELOW = "< ";

  private enum Unit {
    SHARE(AT_LEAST),
    RATIO(AT_LEAST),
    COST_SHARE(BELOW),
    COST_RATIO(AT_MOST),
    STEPS(AT_MOST),
    BYTES(BELOW);

    private final String sign;

    Unit(String sign) {
      this.sign = sign;
    }

    String words(double value) {
      return switch (this) {
        case SHARE -> Figures.percent(value);
        case RATIO, COST_RATIO -> Figures.fixed(value, 2) + " x";
        case COST_SHARE -> Figures.fixed(100 * value, 3) + " %";
        case STEPS -> Figures.fixed(value, 0) + " steps";
        case BYTES -> Figures.fixed(value, 0) + " bytes";
      };
    }
  }

  private final List<Bar> bars = new ArrayList<>();

  /** Takes what the formats that were measured have to say. */
  void addLayers(List<LayerReport> reports) {
    decode(reports, WeightFormat.BF16, 0.85);
    decode(reports, WeightFormat.FP8, 0.80);
    decode(reports, WeightFormat.INT4, 0.60);
    speedOfInt4(reports);
    find(reports, WeightFormat.FP8)
        .flatMap(report -> at(report, LONG_CONTEXT).map(decode -> decode.cacheShare(report.cost())))
        .ifPresent(
            share ->
                add(
                    "attention_32k_fp8",
                    "attention at context 32K, FP8: share of the slower floor",
                    share,
                    0.60,
                    Unit.SHARE));
    prefill(reports, WeightFormat.BF16, 0.65);
    prefill(reports, WeightFormat.FP8, 0.55);
    reports.stream()
        .filter(report -> !report.decodes().isEmpty())
        .mapToDouble(LayerReport::overheadShare)
        .max()
        .ifPresent(
            share ->
                add(
                    "overhead",
                    "time outside native calls a token, at most",
                    share,
                    0.01,
                    Unit.COST_SHARE));
    reports.stream()
        .mapToDouble(report -> report.overhead().heapBytes())
        .max()
        .ifPresent(
            bytes ->
                add("heap", "Java heap allocated in a layer for a token", bytes, 1024, Unit.BYTES));
  }

  /** Takes what generation with a whole model allocates. */
  void addModel(double heapBytesPerToken) {
    add(
        "heap_model",
        "Java heap allocated a token, whole model",
        heapBytesPerToken,
        1024,
        Unit.BYTES);
  }

  /** Takes how many times as fast as transformers the engine was. */
  void addTransformers(double generation, double prompt) {
    add("tg_ratio", "generation over transformers, BF16", generation, 3, Unit.RATIO);
    add("pp_ratio", "prompt over transformers, BF16", prompt, 1.5, Unit.RATIO);
  }

  /** Takes what serving many costs, and what it brings. */
  void addServing(ServingReport report) {
    int replies = report.options().replies();
    add(
        "throughput",
        "throughput of " + replies + " replies at once over one",
        report.throughputRatio(),
        3,
        Unit.RATIO);
    add(
        "second_turn",
        "first token of the second turn over the first turn's",
        report.turnRatio(),
        0.1,
        Unit.COST_RATIO);
    add(
        "joining_p99_own",
        "p99 of the gaps while a long prompt joins over their p50",
        report.gapRatioWhileJoining(),
        3,
        Unit.COST_RATIO);
    add(
        "joining_p99",
        "the same p99 over the p50 without a prompt, a stricter reading",
        report.gapRatio(),
        3,
        Unit.COST_RATIO);
    add(
        "closing_steps",
        "steps from close() to the last page freed, at most",
        report.closingSteps(),
        1,
        Unit.STEPS);
    add(
        "scheduling",
        "time outside operations, step of " + report.options().batch() + " rows",
        report.outsideShare(),
        0.02,
        Unit.COST_SHARE);
  }

  /** Takes how near the vocoder comes to the peak. */
  void addVocoder(double share) {
    add("vocoder", "vocoder, whole utterance: share of the F32 peak", share, 0.4, Unit.SHARE);
  }

  private void decode(List<LayerReport> reports, WeightFormat format, double bar) {
    find(reports, format)
        .flatMap(report -> at(report, 1).map(decode -> decode.share(report.cost())))
        .ifPresent(
            share ->
                add(
                    "decode_" + format,
                    "decode at context 1, " + format + ": share of the read floor",
                    share,
                    bar,
                    Unit.SHARE));
  }

  /** At one bandwidth, for the two are not measured in one moment. */
  private void speedOfInt4(List<LayerReport> reports) {
    Function<LayerReport, Optional<Double>> speed =
        report ->
            at(report, 1).map(decode -> decode.share(report.cost()) / decode.bytes(report.cost()));
    Optional<Double> int4 = find(reports, WeightFormat.INT4).flatMap(speed);
    Optional<Double> fp8 = find(reports, WeightFormat.FP8).flatMap(speed);
    if (int4.isPresent() && fp8.isPresent()) {
      add(
          "int4_over_fp8",
          "tokens a second at one bandwidth, INT4 over FP8",
          int4.get() / fp8.get(),
          1.5,
          Unit.RATIO);
    }
  }

  private void prefill(List<LayerReport> reports, WeightFormat format, double bar) {
    find(reports, format)
        .flatMap(
            report ->
                report.prefills().stream()
                    .filter(prefill -> prefill.rows() == PROMPT)
                    .findFirst()
                    .map(prefill -> prefill.share(report.cost())))
        .ifPresent(
            share ->
                add(
                    "prefill_" + format,
                    "prefill of " + PROMPT + ", " + format + ": share of the BF16 peak",
                    share,
                    bar,
                    Unit.SHARE));
  }

  private void add(String key, String measure, double found, double bar, Unit unit) {
    bars.add(new Bar(key, measure, found, bar, unit));
  }

  private static Optional<LayerReport> find(List<LayerReport> reports, WeightFormat format) {
    return reports.stream().filter(report -> report.format() == format).findFirst();
  }

  private static Optional<Decode> at(LayerReport report, int context) {
    return report.decodes().stream().filter(decode -> decode.context() == context).findFirst();
  }

  /** The promises this run can tell about, if there are any. */
  Optional<BenchReport.Titled> table() {
    ResultTable table = new ResultTable("measure", "bar", "measured", "reached");
    for (Bar bar : bars) {
      table.row(
          bar.measure(),
          bar.unit().sign + bar.unit().words(bar.bar()),
          bar.unit().words(bar.found()),
          bar.isReached() ? "yes" : "no");
    }
    return bars.isEmpty()
        ? Optional.empty()
        : Optional.of(new BenchReport.Titled("What must be reached", table));
  }

  ObjectNode figures() {
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    bars.forEach(bar -> figures.put(bar.key(), Figures.rounded(bar.found())));
    return figures;
  }
}
