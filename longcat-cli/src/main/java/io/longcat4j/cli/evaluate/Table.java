package io.longcat4j.cli.evaluate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text: the first column to the left, numbers to the right. Not thread-safe. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  void print(PrintWriter out, boolean markdown) {
    for (int i = 0; i < rows.size(); i++) {
      out.println(markdown ? "| " + String.join(" | ", rows.get(i)) + " |" : padded(rows.get(i)));
      if (markdown && i == 0) {
        out.println("|---" + "|---:".repeat(rows.get(0).size() - 1) + "|");
      }
    }
  }

  private String padded(List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String space = " ".repeat(width(i) - row.get(i).length());
      line.append(i == 0 ? "" : "  ");
      line.append(i == 0 ? row.get(i) + space : space + row.get(i));
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
