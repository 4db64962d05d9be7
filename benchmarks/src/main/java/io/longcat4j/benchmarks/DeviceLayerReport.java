package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.DeviceFloors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What was measured of a layer on a device, beside what the device does at best. */
final class DeviceLayerReport {
  private final WeightFormat format;
  private final DeviceLayerBench.Options options;
  private final String backend;
  private final DeviceFloors floors;
  private final TokenCost cost;
  private final ModelConfig config;
  private final List<DevicePasses.Measured> decodes = new ArrayList<>();
  private final List<DevicePasses.Measured> prefills = new ArrayList<>();

  DeviceLayerReport(
      WeightFormat format,
      DeviceLayerBench.Options options,
      String backend,
      DeviceFloors floors,
      TokenCost cost,
      ModelConfig config) {
    this.format = format;
    this.options = options;
    this.backend = backend;
    this.floors = floors;
    this.cost = cost;
    this.config = config;
  }

  void addDecode(DevicePasses.Measured measured) {
    decodes.add(measured);
  }

  void addPrefill(DevicePasses.Measured measured) {
    prefills.add(measured);
  }

  /**
   * Bytes that a pass reads at least: weights once, of experts those that are picked, the cache.
   */
  double bytes(DevicePasses.Measured pass) {
    double row = options.cache().rowBytes(config.kvLoraRank() + config.qkRopeHeadDim());
    double cache = 2.0 * config.numLayers() * pass.rows() * pass.context() * row;
    return cost.decodeBytes(pass.distinctExperts(), 0) + cache;
  }

  double readShare(DevicePasses.Measured pass) {
    return bytes(pass) / floors.readBytesPerSecond() / pass.seconds().median();
  }

  double productShare(DevicePasses.Measured prompt) {
    double flops = cost.prefillFlops(prompt.rows(), prompt.realExperts());
    return flops / floors.bf16FlopsPerSecond() / prompt.seconds().median();
  }

  List<BenchReport.Titled> tables() {
    String title = "%s weights, %s cache, %s".formatted(format, options.cache(), backend);
    return List.of(
        new BenchReport.Titled("Device, " + title, floorTable()),
        new BenchReport.Titled("Decoding, one layer, " + format, decodeTable()),
        new BenchReport.Titled("Prompts, one layer, " + format, prefillTable()));
  }

  private ResultTable floorTable() {
    return new ResultTable("at best", "measured")
        .row("reading", Figures.fixed(floors.readBytesPerSecond() / 1e9, 0) + " GB/s")
        .row("BF16 products", Figures.fixed(floors.bf16FlopsPerSecond() / 1e12, 1) + " TFLOP/s");
  }

  private ResultTable decodeTable() {
    ResultTable table =
        new ResultTable(
            "context",
            "rows",
            "median",
            "best",
            "launched one by one",
            "experts read",
            "bytes",
            "of reading");
    for (DevicePasses.Measured pass : decodes) {
      table.row(
          "" + pass.context(),
          "" + pass.rows(),
          microseconds(pass.seconds().median()),
          microseconds(pass.seconds().best()),
          microseconds(launched(pass)),
          Figures.fixed(pass.distinctExperts(), 1),
          Figures.gigabytes(bytes(pass)),
          Figures.percent(readShare(pass)));
    }
    return table;
  }

  private static double launched(DevicePasses.Measured pass) {
    return Objects.requireNonNull(pass.launched()).median();
  }

  private ResultTable prefillTable() {
    ResultTable table =
        new ResultTable("rows", "median", "best", "rows/s", "real experts", "of BF16 products");
    for (DevicePasses.Measured prompt : prefills) {
      table.row(
          "" + prompt.rows(),
          microseconds(prompt.seconds().median()),
          microseconds(prompt.seconds().best()),
          Figures.fixed(prompt.rows() / prompt.seconds().median(), 0),
          Figures.fixed(prompt.realExperts(), 2),
          Figures.percent(productShare(prompt)));
    }
    return table;
  }

  private static String microseconds(double seconds) {
    return Figures.fixed(seconds * 1e6, 1) + " us";
  }

  ObjectNode figures() {
    ObjectNode figures =
        JsonNodeFactory.instance
            .objectNode()
            .put("backend", backend)
            .put("experts", config.nRoutedExperts())
            .put("cache", options.cache().name())
            .put("read_gb_per_s", Figures.rounded(floors.readBytesPerSecond() / 1e9))
            .put("bf16_tflop_per_s", Figures.rounded(floors.bf16FlopsPerSecond() / 1e12));
    for (DevicePasses.Measured pass : decodes) {
      figures
          .putObject("decode_%d_rows_at_%d".formatted(pass.rows(), pass.context()))
          .put("median_us", Figures.rounded(pass.seconds().median() * 1e6))
          .put("best_us", Figures.rounded(pass.seconds().best() * 1e6))
          .put("launched_one_by_one_us", Figures.rounded(launched(pass) * 1e6))
          .put("distinct_experts", Figures.rounded(pass.distinctExperts()))
          .put("gb", Figures.rounded(bytes(pass) / 1e9))
          .put("share_of_read", Figures.rounded(readShare(pass)));
    }
    for (DevicePasses.Measured prompt : prefills) {
      figures
          .putObject("prefill_" + prompt.rows())
          .put("median_us", Figures.rounded(prompt.seconds().median() * 1e6))
          .put("best_us", Figures.rounded(prompt.seconds().best() * 1e6))
          .put("real_experts", Figures.rounded(prompt.realExperts()))
          .put("share_of_bf16", Figures.rounded(productShare(prompt)));
    }
    return figures;
  }
}
