package io.longcat4j.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.FinishReason;
import io.longcat4j.RankFigures;
import io.longcat4j.Statistics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the dashboard for Grafana against what Prometheus reads. */
class DashboardTest {
  private static final Pattern SERIES = Pattern.compile("\\b((?:longcat|gen_ai)_\\w+)\\{");
  private static final Pattern LABELS = Pattern.compile("by \\(([^)]*)\\)");

  private static String scraped() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    LongCatMetrics metrics = new LongCatMetrics(Tag.of("model", "tiny"));
    metrics.bindTo(registry);
    metrics.onSubmitted();
    metrics.onFinished(
        FinishReason.END,
        Statistics.builder()
            .tokens(100, 60, 20)
            .speech(Duration.ofMillis(300), Duration.ofMillis(80), 0.6)
            .ranks(List.of(new RankFigures(0, "a", Duration.ZERO, Duration.ZERO, 1)))
            .build());
    return registry.scrape();
  }

  private static List<String> expressions() throws IOException {
    Path file =
        Path.of(
            System.getProperty("longcat.repository.root"),
            "docs",
            "deploy",
            "grafana-longcat.json");
    return new ObjectMapper()
        .readTree(file.toFile()).path("panels").findValues("expr").stream()
            .map(JsonNode::asText)
            .toList();
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> all = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      all.addAll(List.of(matcher.group(1).split(",\\s*")));
    }
    return all;
  }

  @Test
  void everySeriesOfTheDashboardIsMetered() throws IOException {
    Set<String> metered = found(SERIES, scraped());
    List<String> expressions = expressions();
    assertThat(expressions).hasSizeGreaterThan(12);
    for (String expression : expressions) {
      Set<String> used = found(SERIES, expression);
      assertThat(used).as(expression).isNotEmpty();
      assertThat(metered).as(expression).containsAll(used);
    }
  }

  @Test
  void everyLabelOfTheDashboardIsATag() throws IOException {
    String scraped = scraped();
    for (String expression : expressions()) {
      for (String series : found(SERIES, expression)) {
        String line =
            scraped.lines().filter(text -> text.startsWith(series + "{")).findFirst().orElseThrow();
        for (String label : found(LABELS, expression)) {
          assertThat(line).as(expression).contains(label + "=\"");
        }
      }
    }
  }

  @Test
  void everyMeterIsOnTheDashboard() throws IOException {
    Set<String> shown = new HashSet<>();
    for (String expression : expressions()) {
      found(SERIES, expression).forEach(series -> shown.add(family(series)));
    }
    Set<String> metered = new HashSet<>();
    found(SERIES, scraped()).forEach(series -> metered.add(family(series)));
    assertThat(shown).isEqualTo(metered);
  }

  private static String family(String series) {
    return series.replaceAll("_(sum|count|max|total)$", "");
  }
}
