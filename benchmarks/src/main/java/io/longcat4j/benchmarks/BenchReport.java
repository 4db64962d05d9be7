package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run measured.
 *
 * @param floors of the machine in the same run, where speed was measured
 * @param tables for people
 * @param figures for programs
 */
public record BenchReport(
    Optional<FloorLog.Summary> floors, List<Titled> tables, ObjectNode figures) {
  /** Copies the tables. */
  public BenchReport {
    tables = List.copyOf(tables);
  }

  /**
   * A table and what it is about.
   *
   * @param title one line
   * @param table its rows
   */
  record Titled(String title, ResultTable table) {}

  /**
   * The whole report, floors first.
   *
   * @param markdown whether for a document, else for a terminal
   * @return several lines
   */
  public String text(boolean markdown) {
    List<String> pieces = new ArrayList<>();
    floors.ifPresent(
        found ->
            pieces.add(
                piece(
                    new Titled("Floors, " + found.median().threads() + " threads", found.table()),
                    markdown)));
    tables.forEach(table -> pieces.add(piece(table, markdown)));
    return String.join("\n\n", pieces);
  }

  private static String piece(Titled titled, boolean markdown) {
    return markdown
        ? titled.title() + ":\n\n" + titled.table().markdown()
        : titled.title() + "\n" + titled.table().text();
  }

  /** The same after what must be reached, if there is anything. */
  BenchReport under(Bars bars) {
    List<Titled> all = new ArrayList<>(tables);
    bars.table().ifPresent(table -> all.add(0, table));
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.set("bars", bars.figures());
    whole.setAll(figures);
    return new BenchReport(floors, all, whole);
  }

  /** This and then another one; the floors are these. */
  BenchReport with(String key, BenchReport other) {
    List<Titled> all = new ArrayList<>(tables);
    all.addAll(other.tables);
    ObjectNode whole = figures.deepCopy();
    whole.set(key, other.figures);
    return new BenchReport(floors, all, whole);
  }

  /**
   * The line of the history file.
   *
   * @param origin where the numbers come from
   * @param machine that computed
   * @param time of the run
   * @return one line of JSON, without its end
   */
  public String jsonLine(Origin origin, Machine machine, Instant time) {
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("time", time.truncatedTo(ChronoUnit.SECONDS).toString())
            .put("commit", origin.commit())
            .put("command", origin.command())
            .put("note", origin.note());
    line.set("machine", machine.json());
    floors.ifPresent(found -> line.set("floors", found.json()));
    line.set("figures", figures);
    return line.toString();
  }

  /**
   * What was run.
   *
   * @param commit of the sources
   * @param command as typed
   * @param note on the circumstances, may be empty
   */
  public record Origin(String commit, String command, String note) {}
}
