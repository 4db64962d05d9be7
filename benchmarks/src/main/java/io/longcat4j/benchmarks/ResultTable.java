package io.longcat4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under headings, for a terminal or for a Markdown document. Not thread-safe. */
final class ResultTable {
  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  ResultTable(String... headings) {
    this.headings = List.of(headings);
  }

  ResultTable row(String... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(cells.length + " cells under " + headings);
    }
    rows.add(List.of(cells));
    return this;
  }

  String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add(line(headings));
    lines.add("|" + "---|".repeat(headings.size()));
    rows.forEach(row -> lines.add(line(row)));
    return String.join("\n", lines);
  }

  String text() {
    List<List<String>> all = new ArrayList<>(rows);
    all.add(0, headings);
    return all.stream().map(row -> aligned(row, all)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static String aligned(List<String> row, List<List<String>> all) {
    return IntStream.range(0, row.size())
        .mapToObj(column -> padded(row.get(column), width(all, column), column == 0))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  private static int width(List<List<String>> all, int column) {
    return all.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String padded(String cell, int width, boolean left) {
    String blanks = " ".repeat(width - cell.length());
    return left ? cell + blanks : blanks + cell;
  }
}
