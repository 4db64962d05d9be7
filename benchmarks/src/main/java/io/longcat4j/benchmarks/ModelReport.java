package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.ModelBench.Measured;
import io.longcat4j.benchmarks.ModelBench.Timed;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Turns the measurements of a model into figures beside their floors. */
record ModelReport(
    ModelBench.Options options, FloorLog.Summary floors, TokenCost cost, Measured measured) {

  BenchReport report() {
    String model = String.valueOf(options.checkpoint().getFileName());
    return new BenchReport(
        Optional.of(floors),
        List.of(
            new Titled("Model " + model + ", tokens a second", speedTable()),
            new Titled("Model " + model + ", loading and memory", loadTable())),
        figures());
  }

  /** Over the mean context of a generation that starts empty. */
  private double tokenBytes() {
    return cost.decodeBytes(measured.realExperts(), Math.max(1, options.generated() / 2))
        + cost.headBytes();
  }

  private double readShare() {
    double bytes = options.generated() * tokenBytes();
    return sample(
            measured.generations(),
            timed -> bytes / timed.floors().readBytesPerSecond() / timed.seconds())
        .median();
  }

  private double productShare(ToDoubleFunction<Floors> peak) {
    double flops = cost.prefillFlops(options.prompt(), measured.realExperts());
    return sample(
            measured.prompts(),
            timed -> flops / peak.applyAsDouble(timed.floors()) / timed.seconds())
        .median();
  }

  private Sample prompts() {
    return sample(measured.prompts(), Timed::seconds);
  }

  private Sample generations() {
    return sample(measured.generations(), Timed::seconds);
  }

  private static Sample sample(List<Timed> timed, ToDoubleFunction<Timed> number) {
    return new Sample(timed.stream().mapToDouble(number).toArray());
  }

  private double promptRate() {
    return options.prompt() / prompts().median();
  }

  private double generationRate() {
    return options.generated() / generations().median();
  }

  private ResultTable speedTable() {
    ResultTable table =
        new ResultTable("test", "median t/s", "mean t/s", "+-", "best t/s", "of", "share of floor");
    speed(
        table,
        "pp" + options.prompt(),
        prompts(),
        options.prompt(),
        productShare(Floors::bestFlopsPerSecond));
    return speed(
        table, "tg" + options.generated(), generations(), options.generated(), readShare());
  }

  private static ResultTable speed(
      ResultTable table, String test, Sample sample, int tokens, double share) {
    return table.row(
        test,
        Figures.fixed(tokens / sample.median(), 2),
        Figures.fixed(sample.meanRate(tokens), 2),
        Figures.fixed(sample.rateDeviation(tokens), 2),
        Figures.fixed(tokens / sample.best(), 2),
        "" + sample.count(),
        Figures.percent(share));
  }

  private ResultTable loadTable() {
    MemoryUse memory = measured.memory();
    return new ResultTable("measure", "value")
        .row("load", Figures.milliseconds(measured.loadSeconds()))
        .row(
            "first token of the first prompt of " + options.prompt() + ", after loading",
            Figures.milliseconds(measured.firstTokenSeconds()))
        .row(
            "first token of a prompt of " + options.prompt() + ", warm",
            Figures.milliseconds(prompts().median()))
        .row("resident memory", Figures.gigabytes(memory.residentBytes()))
        .row("of which mapped files", Figures.gigabytes(memory.fileBytes()))
        .row("of which other", Figures.gigabytes(memory.anonymousBytes()))
        .row("real experts a token and layer", Figures.fixed(measured.realExperts(), 2))
        .row("bytes of weights and cache a token", Figures.gigabytes(tokenBytes()))
        .row(
            "Java heap allocated a token",
            Figures.fixed(measured.heapBytesPerToken(), 0) + " bytes");
  }

  private ObjectNode figures() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("backend", measured.backend())
        .put("pp_tokens", options.prompt())
        .put("tg_tokens", options.generated())
        .put("repetitions", options.repetitions())
        .put("pp_tokens_per_s", Figures.rounded(promptRate()))
        .put("pp_deviation", Figures.rounded(prompts().rateDeviation(options.prompt())))
        .put("pp_share_of_bf16_peak", Figures.rounded(productShare(Floors::productFlopsPerSecond)))
        .put("pp_share_of_faster_peak", Figures.rounded(productShare(Floors::bestFlopsPerSecond)))
        .put("tg_tokens_per_s", Figures.rounded(generationRate()))
        .put("tg_deviation", Figures.rounded(generations().rateDeviation(options.generated())))
        .put("tg_share_of_read", Figures.rounded(readShare()))
        .put("real_experts", Figures.rounded(measured.realExperts()))
        .put("load_s", Figures.rounded(measured.loadSeconds()))
        .put("first_token_s", Figures.rounded(measured.firstTokenSeconds()))
        .put("resident_gb", Figures.rounded(measured.memory().residentBytes() / 1e9))
        .put("resident_file_gb", Figures.rounded(measured.memory().fileBytes() / 1e9))
        .put("resident_anonymous_gb", Figures.rounded(measured.memory().anonymousBytes() / 1e9))
        .put("heap_bytes_per_token", Figures.rounded(measured.heapBytesPerToken()));
  }
}
