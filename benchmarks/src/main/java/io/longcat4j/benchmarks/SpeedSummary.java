package io.longcat4j.benchmarks;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.BarChart.Bar;
import io.longcat4j.benchmarks.BarChart.Style;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How fast the engine is on kinds of processors: what whole runs measured, and what follows from it
 * for the published model on servers. A picture and a table. Immutable.
 */
public final class SpeedSummary {
  /** Read bandwidths of one and of two sockets with twelve memory channels each. */
  private static final List<Double> SERVERS = List.of(300e9, 600e9);

  private static final List<String> FORMATS = List.of("FP8", "INT4");

  private final List<MeasuredMachine> machines;

  SpeedSummary(List<MeasuredMachine> machines) {
    this.machines = List.copyOf(machines);
  }

  /**
   * Reads what runs told.
   *
   * @param history file with one line of JSON for each run, as {@code --json} writes it
   * @return the last whole run of each kind of processor
   * @throws InvalidRequestException if the file cannot be read or holds no whole run
   */
  public static SpeedSummary of(Path history) {
    return new SpeedSummary(MeasuredMachine.read(history));
  }

  /**
   * The picture.
   *
   * @return an SVG document
   */
  public String svg() {
    List<Bar> generated = new ArrayList<>();
    List<Bar> prompts = new ArrayList<>();
    for (MeasuredMachine machine : machines) {
      generated.add(new Bar(shortName(machine), machine.generated(), Style.MEASURED));
      prompts.add(new Bar(shortName(machine), machine.prompt(), Style.MEASURED));
      machine
          .transformers()
          .ifPresent(
              theirs -> {
                generated.add(new Bar("transformers there", theirs.generated(), Style.OTHER));
                prompts.add(new Bar("transformers there", theirs.prompt(), Style.OTHER));
              });
    }
    List<Bar> published = new ArrayList<>();
    for (Row row : rows()) {
      published.add(
          new Bar(row.words() + ", " + bandwidth(row.bandwidth), row.tokens(), Style.PROJECTED));
    }
    return new BarChart()
        .panel("A model of 1.2 billion parameters, BF16: tokens a second, measured", generated)
        .panel("The same: tokens of a prompt a second, measured", prompts)
        .panel("LongCat-Flash-Omni (560 billion): tokens a second, projected", published)
        .svg();
  }

  /**
   * The table.
   *
   * @return lines of Markdown
   */
  public String markdown() {
    ResultTable measured =
        new ResultTable(
            "measured, 1.2 billion parameters, BF16",
            "tokens a second",
            "over transformers",
            "prompt, tokens a second",
            "over transformers",
            "run of");
    for (MeasuredMachine machine : machines) {
      measured.row(
          shortName(machine),
          BarChart.number(machine.generated()),
          machine
              .transformers()
              .map(theirs -> times(machine.generated() / theirs.generated()))
              .orElse("-"),
          BarChart.number(machine.prompt()),
          machine
              .transformers()
              .map(theirs -> times(machine.prompt() / theirs.prompt()))
              .orElse("-"),
          machine.date());
    }
    ResultTable projected =
        new ResultTable(
            "projected, LongCat-Flash-Omni at %d positions".formatted(MeasuredMachine.CONTEXT),
            "share of the bandwidth",
            "300 GB/s",
            "600 GB/s");
    for (String format : FORMATS) {
      for (Kind kind : kinds(format)) {
        projected.row(
            kind.name + ", " + format,
            Figures.percent(kind.layer.share()) + (kind.isMeasured ? "" : " (assumed)"),
            BarChart.number(kind.layer.tokensPerSecond(SERVERS.get(0))),
            BarChart.number(kind.layer.tokensPerSecond(SERVERS.get(1))));
      }
    }
    return measured.markdown() + "\n\n" + projected.markdown();
  }

  private record Kind(String name, MeasuredMachine.Layer layer, boolean isMeasured) {}

  private record Row(Kind kind, String format, double bandwidth) {
    String words() {
      return kind.name + ", " + format;
    }

    double tokens() {
      return kind.layer.tokensPerSecond(bandwidth);
    }
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String format : FORMATS) {
      for (Kind kind : kinds(format)) {
        SERVERS.forEach(bandwidth -> rows.add(new Row(kind, format, bandwidth)));
      }
    }
    return rows;
  }

  /** The kinds that were measured, and Arm, which has not been: the lowest share of the others. */
  private List<Kind> kinds(String format) {
    List<Kind> kinds = new ArrayList<>();
    for (MeasuredMachine machine : machines) {
      Optional.ofNullable(machine.formats().get(format))
          .ifPresent(layer -> kinds.add(new Kind(family(machine), layer, true)));
    }
    kinds.stream()
        .min(Comparator.comparingDouble(kind -> kind.layer.share()))
        .ifPresent(lowest -> kinds.add(new Kind("Arm", lowest.layer, false)));
    return kinds;
  }

  private static String shortName(MeasuredMachine machine) {
    return family(machine) + ", " + machine.cores() + " cores";
  }

  private static String family(MeasuredMachine machine) {
    return machine
        .processor()
        .replaceAll("\\((R|TM)\\)", "")
        .replaceAll(" (Processor|CPU)\\b.*", "")
        .strip();
  }

  private static String bandwidth(double bytesPerSecond) {
    return Figures.fixed(bytesPerSecond / 1e9, 0) + " GB/s";
  }

  private static String times(double ratio) {
    return Figures.fixed(ratio, 2) + " x";
  }
}
