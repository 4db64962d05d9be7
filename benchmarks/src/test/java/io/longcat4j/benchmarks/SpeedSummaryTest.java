package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SpeedSummaryTest {
  @TempDir Path folder;

  private static String line(String processor, String time, double generated, String more) {
    return """
        {"time":"%s","machine":{"processor":"%s","cores":2},"figures":{\
        "model":{"tg_tokens_per_s":%s,"pp_tokens_per_s":300.0}%s,\
        "FP8":{"decode_1024":{"gb":1.0,"share_of_read":0.8}},\
        "INT4":{"decode_1024":{"gb":0.5,"share_of_read":0.6}}}}"""
        .formatted(time, processor, generated, more);
  }

  private SpeedSummary summary(String... lines) throws Exception {
    return SpeedSummary.of(Files.writeString(folder.resolve("h.jsonl"), String.join("\n", lines)));
  }

  private static final String THEIRS =
      ",\"transformers\":{\"torch\":\"2\","
          + "\"pp512\":{\"transformers_tokens_per_s\":150.0,\"longcat4j_tokens_per_s\":450.0},"
          + "\"tg128\":{\"transformers_tokens_per_s\":8.0,\"longcat4j_tokens_per_s\":40.0}}";

  @Test
  void the_last_whole_run_of_each_processor_counts() throws Exception {
    String text =
        summary(
                line("Maker(R) One(TM) Processor", "2026-01-02T03:04:05Z", 20, ""),
                "{\"machine\":{\"processor\":\"Maker(R) One(TM) Processor\"},\"figures\":{}}",
                line("Other <Two>", "2026-01-05T00:00:00Z", 50, ""),
                line("Maker(R) One(TM) Processor", "2026-01-04T03:04:05Z", 24, THEIRS))
            .markdown();
    assertThat(text)
        .contains("| Maker One, 2 cores | 40.0 | 5.00 x | 450 | 3.00 x | 2026-01-04 |")
        .contains("| Other <Two>, 2 cores | 50.0 | - | 300 | - | 2026-01-05 |")
        .doesNotContain("2026-01-02");
  }

  @Test
  void the_published_model_is_as_fast_as_its_bytes_allow() throws Exception {
    double head = 2.0 * ModelSizes.published().vocabulary() * ModelSizes.published().hidden();
    double expected = 300e9 * 0.8 / (28 * 1e9 + head);
    assertThat(summary(line("One", "2026-01-02T00:00:00Z", 20, "")).markdown())
        .contains(
            "| One, FP8 | 80.0 %% | %s | %s |"
                .formatted(BarChart.number(expected), BarChart.number(2 * expected)))
        .contains("| Arm, INT4 | 60.0 % (assumed) |");
  }

  @Test
  void the_picture_has_a_bar_for_every_figure_as_long_as_it_is_large() throws Exception {
    String svg =
        summary(
                line("A & B", "2026-01-02T00:00:00Z", 20, ""),
                line("Other <Two>", "2026-01-02T00:00:00Z", 40, THEIRS))
            .svg();
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    List<Double> widths = new ArrayList<>();
    NodeList bars = root.getElementsByTagName("rect");
    for (int i = 1; i < bars.getLength(); i++) {
      widths.add(Double.parseDouble(((Element) bars.item(i)).getAttribute("width")));
    }
    assertThat(widths).hasSize(3 + 3 + 2 * 3 * 2);
    assertThat(widths.get(0)).isEqualTo(widths.get(1) / 2);
    assertThat(widths.get(2)).isEqualTo(widths.get(1) / 5);
    assertThat(root.getTextContent()).contains("A & B, 2 cores", "Other <Two>, FP8, 600 GB/s");
  }

  @Test
  void a_history_without_whole_runs_says_how_to_make_one() throws Exception {
    assertThatThrownBy(() -> summary("{}"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("bench all --json");
    assertThatThrownBy(() -> summary("{}", "{"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("line 2");
    assertThatThrownBy(() -> SpeedSummary.of(folder.resolve("none")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("cannot be read");
  }
}
