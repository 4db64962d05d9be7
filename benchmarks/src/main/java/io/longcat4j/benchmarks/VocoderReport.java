package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.audio.CodecConfig;
import io.longcat4j.benchmarks.BenchReport.Titled;
import io.longcat4j.benchmarks.VocoderBench.Spoken;
import java.util.List;
import java.util.Optional;

/** Turns the measurements of the codec decoder into figures beside their floor. */
record VocoderReport(
    VocoderBench.Options options,
    String description,
    FloorLog.Summary floors,
    List<Spoken> spoken) {

  BenchReport report() {
    CodecConfig config = options.config();
    String title =
        "Vocoder, %d in, %d wide, %s kHz, %.2f GFLOP a frame of %.0f ms"
            .formatted(
                config.memoryDim(),
                config.channels(0),
                config.type().sampleRateHz() / 1000,
                VocoderCost.flopsPerFrame(config) / 1e9,
                1e3 * frameSeconds());
    return new BenchReport(Optional.of(floors), List.of(new Titled(title, table())), figures());
  }

  private ResultTable table() {
    ResultTable table =
        new ResultTable(
            "frames at once",
            "a frame",
            "best",
            "of",
            "real-time factor",
            "first sound",
            "GFLOP/s",
            "of F32 peak",
            "best, of the best F32 peak");
    for (Spoken one : spoken) {
      double median = one.seconds().median();
      table.row(
          one.push() == options.frames() ? "whole (" + one.push() + ")" : "" + one.push(),
          Figures.milliseconds(median / options.frames()),
          Figures.milliseconds(one.seconds().best() / options.frames()),
          "" + one.seconds().count(),
          Figures.fixed(realTimeFactor(one), 3),
          Figures.milliseconds(one.firstSeconds().median()),
          Figures.fixed(flops(median) / 1e9, 0),
          Figures.percent(share(one)),
          Figures.percent(flops(one.seconds().best()) / floors.best().f32FlopsPerSecond()));
    }
    return table;
  }

  /** Of the F32 peak, by a whole utterance, which was measured first. */
  double wholeShare() {
    return share(spoken.get(0));
  }

  private double share(Spoken one) {
    return flops(one.seconds().median()) / peak(one);
  }

  private double frameSeconds() {
    CodecConfig config = options.config();
    return (double) config.samplesPerFrame() / config.type().sampleRateHz();
  }

  /** Seconds of computing for a second of sound. */
  private double realTimeFactor(Spoken one) {
    return one.seconds().median() / options.frames() / frameSeconds();
  }

  /** Of F32, as it was around this utterance. */
  private static double peak(Spoken one) {
    return Floors.median(one.floors()).f32FlopsPerSecond();
  }

  private double flops(double seconds) {
    return options.frames() * VocoderCost.flopsPerFrame(options.config()) / seconds;
  }

  private ObjectNode figures() {
    ObjectNode figures =
        JsonNodeFactory.instance
            .objectNode()
            .put("decoder", description)
            .put("frames", options.frames())
            .put(
                "gflop_per_frame",
                Figures.rounded(VocoderCost.flopsPerFrame(options.config()) / 1e9));
    for (Spoken one : spoken) {
      double median = one.seconds().median();
      figures
          .putObject("push_" + one.push())
          .put("median_ms_per_frame", Figures.rounded(median / options.frames() * 1e3))
          .put("best_ms_per_frame", Figures.rounded(one.seconds().best() / options.frames() * 1e3))
          .put("repetitions", one.seconds().count())
          .put("real_time_factor", Figures.rounded(realTimeFactor(one)))
          .put("first_sound_ms", Figures.rounded(one.firstSeconds().median() * 1e3))
          .put("gflop_per_s", Figures.rounded(flops(median) / 1e9))
          .put("share_of_f32_peak", Figures.rounded(share(one)));
    }
    return figures;
  }
}
