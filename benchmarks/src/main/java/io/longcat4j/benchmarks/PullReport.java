package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.PullBench.Turn;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Turns the turns of writing and downloading into rates and their relation. */
record PullReport(PullBench.Options options, double hashBytesPerSecond, List<Turn> turns) {

  BenchReport report() {
    String title =
        "Download over loopback: %s in %d files, %d at a time"
            .formatted(Figures.gigabytes(options.bytes()), options.files(), options.connections());
    return new BenchReport(Optional.empty(), List.of(new Titled(title, table())), figures());
  }

  private ResultTable table() {
    ResultTable table =
        new ResultTable("turn", "written", "downloaded", "of the disk's rate", "processors");
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      table.row(
          String.valueOf(i + 1),
          rate(turn.writeSeconds()),
          rate(turn.pullSeconds()),
          Figures.percent(turn.share()),
          Figures.fixed(turn.processorSeconds() / turn.pullSeconds(), 2));
    }
    return table
        .row(
            "median",
            rate(median(Turn::writeSeconds)),
            rate(median(Turn::pullSeconds)),
            Figures.percent(share()),
            Figures.fixed(processorSeconds() / median(Turn::pullSeconds), 2))
        .row("bar", "", "", Figures.percent(PullBench.BAR), "")
        .row("SHA-256 on one thread", "", gigabytesPerSecond(hashBytesPerSecond), "", "");
  }

  /** The disk's rate changes from moment to moment; that of a turn is the one that counts in it. */
  double share() {
    return median(Turn::share);
  }

  private double processorSeconds() {
    return median(Turn::processorSeconds);
  }

  private double median(ToDoubleFunction<Turn> value) {
    return new Sample(turns.stream().mapToDouble(value).toArray()).median();
  }

  private String rate(double seconds) {
    return gigabytesPerSecond(options.bytes() / seconds);
  }

  private static String gigabytesPerSecond(double rate) {
    return Figures.fixed(rate / 1e9, 3) + " GB/s";
  }

  private ObjectNode figures() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("bytes", options.bytes())
        .put("files", options.files())
        .put("connections", options.connections())
        .put("repetitions", turns.size())
        .put("write_gb_per_s", perSecond(median(Turn::writeSeconds)))
        .put("pull_gb_per_s", perSecond(median(Turn::pullSeconds)))
        .put("share_of_write", Figures.rounded(share()))
        .put("processor_seconds", Figures.rounded(processorSeconds()))
        .put("sha256_gb_per_s", Figures.rounded(hashBytesPerSecond / 1e9));
  }

  private double perSecond(double seconds) {
    return Figures.rounded(options.bytes() / seconds / 1e9);
  }
}
