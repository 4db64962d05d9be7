package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.LayerBench.Overhead;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the measurements of a layer in one format into figures beside their floors.
 *
 * @param format of the weights
 * @param sizes of the layer
 * @param backend in words
 * @param cost of a token
 * @param decodes for each context
 * @param prefills for each length of prompts
 * @param overhead of a token outside the products
 */
record LayerReport(
    WeightFormat format,
    ModelSizes sizes,
    String backend,
    TokenCost cost,
    List<Decode> decodes,
    List<Prefill> prefills,
    Overhead overhead) {
  /** Streaming read of servers that hold the whole model, in bytes a second. */
  private static final double[] SERVERS = {300e9, 600e9};

  List<Titled> tables(FloorLog.Summary floors) {
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
      tables.add(new Titled(title("Projection"), projectionTable(floors.median())));
    }
    return tables;
  }

  private String title(String what) {
    return "%s, one layer of hidden size %d with %d + %d experts, %s"
        .formatted(what, sizes.hidden(), sizes.experts(), sizes.zeroExperts(), format);
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
            "floor, median",
            "best",
            "share");
    for (Decode decode : decodes) {
      double median = decode.seconds().median();
      Sample read = decode.readBytesPerSecond();
      table.row(
          "" + decode.context(),
          Figures.milliseconds(median),
          Figures.milliseconds(decode.seconds().best()),
          "" + decode.seconds().count(),
          Figures.fixed(1 / median, 1),
          Figures.fixed(decode.realExperts(), 2),
          Figures.gigabytes(decode.bytes(cost)),
          Figures.fixed(decode.bytes(cost) / median / 1e9, 1),
          Figures.fixed(read.median() / 1e9, 1),
          Figures.fixed(read.largest() / 1e9, 1),
          Figures.percent(decode.share(cost)));
    }
    return table;
  }

  private ResultTable partTable() {
    ResultTable table =
        new ResultTable("context", "part", "mean", "of the token", "GB/s", "share of the floor");
    for (Decode decode : decodes) {
      double total = decode.parts().stream().mapToDouble(decode::partSeconds).sum();
      for (Part part : decode.parts()) {
        double seconds = decode.partSeconds(part);
        table.row(
            "" + decode.context(),
            part.title(),
            Figures.milliseconds(seconds),
            Figures.percent(seconds / total),
            Figures.fixed(decode.partBytes(part, cost) / seconds / 1e9, 1),
            Figures.percent(decode.partShare(part, cost)));
      }
    }
    return table;
  }

  private ResultTable cacheTable() {
    ResultTable table =
        new ResultTable("context", "mean", "read floor", "product floor", "share of the slower");
    for (Decode decode : decodes) {
      table.row(
          "" + decode.context(),
          Figures.milliseconds(decode.partSeconds(Part.CACHE)),
          Figures.milliseconds(decode.cacheReadSeconds(cost)),
          Figures.milliseconds(decode.cacheProductSeconds(cost)),
          Figures.percent(decode.cacheShare(cost)));
    }
    return table;
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
            "BF16 peak, median",
            "of BF16 peak",
            "of F32 peak",
            "of the faster");
    for (Prefill prefill : prefills) {
      double median = prefill.seconds().median();
      table.row(
          "" + prefill.rows(),
          Figures.fixed(median, 2) + " s",
          Figures.fixed(prefill.seconds().best(), 2) + " s",
          "" + prefill.seconds().count(),
          Figures.fixed(prefill.rows() / median, 1),
          Figures.fixed(prefill.realExperts(), 2),
          Figures.fixed(prefill.flops(cost) / median / 1e9, 0),
          Figures.fixed(prefill.productFlopsPerSecond().median() / 1e9, 0),
          Figures.percent(prefill.share(cost)),
          Figures.percent(prefill.shareOfF32(cost)),
          Figures.percent(prefill.shareOfFaster(cost)));
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
    for (HostTime.At host : overhead.host()) {
      table.row(
          "outside kernels, %d layers at %d positions, %d calls"
              .formatted(host.layers(), host.context(), host.operations()),
          Figures.fixed(host.seconds() * 1e6, 0) + " us");
    }
    return table.row("Java heap allocated", Figures.fixed(overhead.heapBytes(), 0) + " bytes");
  }

  double overheadShare() {
    return overhead.seconds() / decodes.get(0).seconds().median();
  }

  /** Seconds of a token of the whole published model where reading takes `bytesPerSecond`. */
  double projectedSeconds(Decode decode, double bytesPerSecond) {
    ModelSizes published = ModelSizes.published();
    double head = (double) published.vocabulary() * published.hidden() * Short.BYTES;
    double layers = (double) published.layers() / sizes.layers();
    return (layers * decode.bytes(cost) + head) / (bytesPerSecond * decode.share(cost));
  }

  private ResultTable projectionTable(Floors floors) {
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

  ObjectNode figures() {
    ObjectNode figures =
        JsonNodeFactory.instance
            .objectNode()
            .put("backend", backend)
            .put("experts", sizes.experts())
            .put("overhead_us", Figures.rounded(overhead.seconds() * 1e6))
            .put("heap_bytes_per_token", Figures.rounded(overhead.heapBytes()));
    for (HostTime.At host : overhead.host()) {
      figures.put("host_us_" + host.context(), Figures.rounded(host.seconds() * 1e6));
    }
    for (Decode decode : decodes) {
      ObjectNode node =
          figures
              .putObject("decode_" + decode.context())
              .put("median_ms", Figures.rounded(decode.seconds().median() * 1e3))
              .put("best_ms", Figures.rounded(decode.seconds().best() * 1e3))
              .put("tokens", decode.seconds().count())
              .put("real_experts", Figures.rounded(decode.realExperts()))
              .put("gb", Figures.rounded(decode.bytes(cost) / 1e9))
              .put("read_gb_per_s", Figures.rounded(decode.readBytesPerSecond().median() / 1e9))
              .put("share_of_read", Figures.rounded(decode.share(cost)))
              .put("attention_share", Figures.rounded(decode.cacheShare(cost)));
      ObjectNode parts = node.putObject("part_ms");
      decode
          .parts()
          .forEach(part -> parts.put(part.name(), Figures.rounded(decode.partSeconds(part) * 1e3)));
    }
    for (Prefill prefill : prefills) {
      double median = prefill.seconds().median();
      figures
          .putObject("prefill_" + prefill.rows())
          .put("median_s", Figures.rounded(median))
          .put("best_s", Figures.rounded(prefill.seconds().best()))
          .put("repetitions", prefill.seconds().count())
          .put("real_experts", Figures.rounded(prefill.realExperts()))
          .put("gflop_per_s", Figures.rounded(prefill.flops(cost) / median / 1e9))
          .put("share_of_bf16_peak", Figures.rounded(prefill.share(cost)))
          .put("share_of_f32_peak", Figures.rounded(prefill.shareOfF32(cost)))
          .put("share_of_faster_peak", Figures.rounded(prefill.shareOfFaster(cost)));
    }
    return figures;
  }
}
