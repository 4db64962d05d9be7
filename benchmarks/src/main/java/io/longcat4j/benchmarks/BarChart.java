package io.longcat4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Horizontal bars in panels, as a picture that browsers show (SVG 1.1). Not thread-safe. */
final class BarChart {
  private static final int WIDTH = 760;
  private static final int LEFT = 250;
  private static final int RIGHT = 90;
  private static final int BAR = 18;
  private static final int STEP = 24;
  private static final int TITLE = 44;
  private static final int MARGIN = 20;

  private final List<Panel> panels = new ArrayList<>();

  /** How a bar is drawn. */
  enum Style {
    /** What was measured. */
    MEASURED("#2563eb", ""),
    /** What others reached in the same run. */
    OTHER("#9ca3af", ""),
    /** What follows from a measurement by arithmetic. */
    PROJECTED("#bfdbfe", " stroke=\"#2563eb\" stroke-dasharray=\"4 3\"");

    private final String fill;
    private final String stroke;

    Style(String fill, String stroke) {
      this.fill = fill;
      this.stroke = stroke;
    }
  }

  /**
   * One bar.
   *
   * @param label to its left
   * @param value its length, not negative
   * @param style how it is drawn
   */
  record Bar(String label, double value, Style style) {}

  private record Panel(String title, List<Bar> bars) {}

  /** Adds bars under a title; each panel has a scale of its own. */
  BarChart panel(String title, List<Bar> bars) {
    panels.add(new Panel(title, List.copyOf(bars)));
    return this;
  }

  /** The whole picture. */
  String svg() {
    StringBuilder body = new StringBuilder();
    int top = MARGIN;
    for (Panel panel : panels) {
      top = draw(panel, top, body);
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" \
        font-family="system-ui, sans-serif" font-size="13">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        %s</svg>
        """
        .formatted(WIDTH, top, WIDTH, top, body);
  }

  private static int draw(Panel panel, int top, StringBuilder body) {
    double longest = panel.bars.stream().mapToDouble(Bar::value).max().orElse(1);
    text(body, MARGIN, top + 16, "start", " font-weight=\"600\" font-size=\"15\"", panel.title);
    int y = top + TITLE - 14;
    for (Bar bar : panel.bars) {
      double width = longest > 0 ? (WIDTH - LEFT - RIGHT) * bar.value / longest : 0;
      text(body, LEFT - 10, y + 14, "end", "", bar.label);
      body.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"%s/>%n",
              LEFT,
              y,
              width,
              BAR,
              bar.style.fill,
              bar.style.stroke));
      text(body, (int) Math.ceil(LEFT + width + 8), y + 14, "start", "", number(bar.value));
      y += STEP;
    }
    return y + MARGIN;
  }

  private static void text(
      StringBuilder body, int x, int y, String anchor, String more, String words) {
    body.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"#111827\"%s>%s</text>%n"
            .formatted(x, y, anchor, more, escaped(words)));
  }

  /** Three digits, no more. */
  static String number(double value) {
    return Figures.fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
