package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.LayerBench.Decode;
import io.longcat4j.benchmarks.LayerBench.Overhead;
import io.longcat4j.benchmarks.LayerBench.Prefill;
import java.util.ArrayList;
import java.util.List;

/** Turns the measurements of a layer into figures beside their floors. */
record LayerReport(
    LayerBench.Options options,
    String backend,
    Floors floors,
    TokenCost cost,
    List<Decode> decodes,
    List<Prefill> prefills,
    Overhead overhead) {
  /** Streaming read of servers that hold the whole model, in bytes a second. */
  private static final double[] SERVERS = {300e9, 600e9};

  BenchReport report() {
    List<Titled> tables = new ArrayList<>();
    if (!decodes.isEmpty()) {
      tables.add(new Titled(title("Decoding"), decodeTable()));
      tables.add(new Titled(title("Where the time of a token goes"), partTable()));
      tables.add(new Titled(title("Attention over the cache"), cacheTable()));
    }
    if (!prefills.isEmpty()) {
      tables.add(new Titled(title("Prompts"), prefillTable()));
    }
    tables.add(new Titled(title("Cost outside the products"), overheadTable()));
    if (!decodes.isEmpty()) {
      tables.add(new Titled(title("Projection"), projectionTable()));
    }
    return new BenchReport(floors, tables, figures());
  }

  private String title(String what) {
    return "%s, one layer of hidden size %d with %d + %d experts, %s"
        .formatted(
            what,
            options.sizes().hidden(),
            options.sizes().experts(),
            options.sizes().zeroExperts(),
            options.format());
  }

  private double bytes(Decode decode) {
    return cost.decodeBytes(decode.realExperts(), decode.context());
  }

  private double share(Decode decode) {
    return bytes(decode) / decode.seconds().median() / floors.readBytesPerSecond();
  }

  private ResultTable decodeTable() {
    ResultTable table =
        new ResultTable(
            "context",
            "median",
            "best",
            "of",
            "layers/s",
            "real experts",
            "bytes",
            "GB/s",
            "floor",
            "share");
    for (Decode decode : decodes) {
      double median = decode.seconds().median();
      table.row(
          "" + decode.context(),
          Figures.milliseconds(median),
          Figures.milliseconds(decode.seconds().best()),
          "" + decode.seconds().count(),
          Figures.fixed(1 / median, 1),
          Figures.fixed(decode.realExperts(), 2),
          Figures.gigabytes(bytes(decode)),
          Figures.fixed(bytes(decode) / median / 1e9, 1),
          Figures.fixed(floors.readBytesPerSecond() / 1e9, 1),
          Figures.percent(share(decode)));
    }
    return table;
  }

  private ResultTable partTable() {
    ResultTable table =
        new ResultTable("context", "part", "mean", "of the token", "GB/s", "share of the floor");
    for (Decode decode : decodes) {
      double total = decode.partSeconds().values().stream().mapToDouble(s -> s).sum();
      decode
          .partSeconds()
          .forEach(
              (part, seconds) -> {
                double rate =
                    cost.partBytes(part, decode.realExperts(), decode.context()) / seconds;
                table.row(
                    "" + decode.context(),
                    part.title(),
                    Figures.milliseconds(seconds),
                    Figures.percent(seconds / total),
                    Figures.fixed(rate / 1e9, 1),
                    Figures.percent(rate / floors.readBytesPerSecond()));
              });
    }
    return table;
  }

  /** The floor is the slower of reading the bytes and computing the products. */
  private double cacheFloor(Decode decode) {
    return Math.max(
        cost.attentionBytes(decode.context()) / floors.readBytesPerSecond(),
        cost.attentionFlops(decode.context()) / floors.bestFlopsPerSecond());
  }

  private ResultTable cacheTable() {
    ResultTable table =
        new ResultTable("context", "mean", "read floor", "product floor", "share of the slower");
    for (Decode decode : decodes) {
      double seconds = decode.partSeconds().getOrDefault(Part.CACHE, 0.0);
      table.row(
          "" + decode.context(),
          Figures.milliseconds(seconds),
          Figures.milliseconds(cost.attentionBytes(decode.context()) / floors.readBytesPerSecond()),
          Figures.milliseconds(cost.attentionFlops(decode.context()) / floors.bestFlopsPerSecond()),
          Figures.percent(cacheFloor(decode) / seconds));
    }
    return table;
  }

  private double flops(Prefill prefill) {
    return cost.prefillFlops(prefill.rows(), prefill.realExperts());
  }

  private double share(Prefill prefill) {
    return flops(prefill) / prefill.seconds().median() / floors.productFlopsPerSecond();
  }

  private ResultTable prefillTable() {
    ResultTable table =
        new ResultTable(
            "rows",
            "median",
            "best",
            "of",
            "rows/s",
            "real experts",
            "GFLOP/s",
            "of BF16 peak",
            "of F32 peak");
    for (Prefill prefill : prefills) {
      double median = prefill.seconds().median();
      table.row(
          "" + prefill.rows(),
          Figures.fixed(median, 2) + " s",
          Figures.fixed(prefill.seconds().best(), 2) + " s",
          "" + prefill.seconds().count(),
          Figures.fixed(prefill.rows() / median, 1),
          Figures.fixed(prefill.realExperts(), 2),
          Figures.fixed(flops(prefill) / median / 1e9, 0),
          Figures.percent(share(prefill)),
          Figures.percent(flops(prefill) / median / floors.f32FlopsPerSecond()));
    }
    return table;
  }

  private ResultTable overheadTable() {
    ResultTable table = new ResultTable("measure", "a token");
    table.row(
        "Java, calls and threads, at most", Figures.fixed(overhead.seconds() * 1e6, 0) + " us");
    if (!decodes.isEmpty()) {
      table.row(
          "the same, share of the shortest context",
          Figures.fixed(100 * overheadShare(), 3) + " %");
    }
    return table.row("Java heap allocated", Figures.fixed(overhead.heapBytes(), 0) + " bytes");
  }

  private double overheadShare() {
    return overhead.seconds() / decodes.get(0).seconds().median();
  }

  /** Seconds of a token of the whole published model where reading takes `bytesPerSecond`. */
  double projectedSeconds(Decode decode, double bytesPerSecond) {
    ModelSizes published = ModelSizes.published();
    double head = (double) published.vocabulary() * published.hidden() * Short.BYTES;
    double layers = (double) published.layers() / options.sizes().layers();
    return (layers * bytes(decode) + head) / (bytesPerSecond * share(decode));
  }

  private ResultTable projectionTable() {
    ResultTable table = new ResultTable("context", "bandwidth", "tokens/s of the whole model");
    for (Decode decode : decodes) {
      projection(table, decode, floors.readBytesPerSecond());
      for (double server : SERVERS) {
        projection(table, decode, server);
      }
    }
    return table;
  }

  private void projection(ResultTable table, Decode decode, double bytesPerSecond) {
    table.row(
        "" + decode.context(),
        Figures.fixed(bytesPerSecond / 1e9, 0) + " GB/s",
        Figures.fixed(1 / projectedSeconds(decode, bytesPerSecond), 2));
  }

  private ObjectNode figures() {
    ObjectNode figures =
        JsonNodeFactory.instance
            .objectNode()
            .put("backend", backend)
            .put("format", options.format().name())
            .put("experts", options.sizes().experts())
            .put("overhead_us", Figures.rounded(overhead.seconds() * 1e6))
            .put("heap_bytes_per_token", Figures.rounded(overhead.heapBytes()));
    for (Decode decode : decodes) {
      ObjectNode node =
          figures
              .putObject("decode_" + decode.context())
              .put("median_ms", Figures.rounded(decode.seconds().median() * 1e3))
              .put("best_ms", Figures.rounded(decode.seconds().best() * 1e3))
              .put("tokens", decode.seconds().count())
              .put("real_experts", Figures.rounded(decode.realExperts()))
              .put("gb", Figures.rounded(bytes(decode) / 1e9))
              .put("share_of_read", Figures.rounded(share(decode)));
      ObjectNode parts = node.putObject("part_ms");
      decode
          .partSeconds()
          .forEach((part, seconds) -> parts.put(part.name(), Figures.rounded(seconds * 1e3)));
    }
    for (Prefill prefill : prefills) {
      figures
          .putObject("prefill_" + prefill.rows())
          .put("median_s", Figures.rounded(prefill.seconds().median()))
          .put("best_s", Figures.rounded(prefill.seconds().best()))
          .put("repetitions", prefill.seconds().count())
          .put("real_experts", Figures.rounded(prefill.realExperts()))
          .put("gflop_per_s", Figures.rounded(flops(prefill) / prefill.seconds().median() / 1e9))
          .put("share_of_bf16_peak", Figures.rounded(share(prefill)))
          .put(
              "share_of_f32_peak",
              Figures.rounded(
                  flops(prefill) / prefill.seconds().median() / floors.f32FlopsPerSecond()));
    }
    return figures;
  }
}
