package io.longcat4j.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.BackendException;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.FinishReason;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.RankFigures;
import io.longcat4j.Statistics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LongCatMetricsTest {
  private static final Statistics TEXT =
      Statistics.builder()
          .tokens(100, 60, 20)
          .preparation(Duration.ofMillis(9), Duration.ofMillis(4))
          .model(Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofMillis(190))
          .pace(Duration.ofMillis(64), Duration.ofMillis(10), Duration.ofMillis(12))
          .drafts(12, 11)
          .experts(8.5, 1, 12)
          .cacheBytes(4096)
          .build();
  private static final Statistics SPEECH =
      Statistics.builder()
          .tokens(10, 0, 30)
          .speech(Duration.ofMillis(300), Duration.ofMillis(80), 0.6)
          .build();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LongCatMetrics metrics = new LongCatMetrics(Tag.of("model", "tiny"));

  @BeforeEach
  void bind() {
    metrics.bindTo(registry);
  }

  private double requests(String outcome) {
    return registry.get("longcat.requests").tags("outcome", outcome).counter().count();
  }

  private double tokens(String kind) {
    return registry.get("longcat.tokens").tags("kind", kind, "model", "tiny").counter().count();
  }

  private double millis(String name, String tag) {
    return registry.get(name).tags(tag.split("=")).timer().totalTime(TimeUnit.MILLISECONDS);
  }

  @Test
  void aReplyFillsTheMeters() {
    metrics.onSubmitted();
    metrics.onFinished(FinishReason.END, TEXT);
    assertThat(requests("end")).isEqualTo(1);
    assertThat(tokens("reused")).isEqualTo(60);
    assertThat(tokens("computed")).isEqualTo(40);
    assertThat(tokens("generated")).isEqualTo(20);
    assertThat(tokens("drafted")).isEqualTo(12);
    assertThat(tokens("accepted")).isEqualTo(11);
    assertThat(millis("longcat.time", "stage=preprocess")).isEqualTo(9);
    assertThat(millis("longcat.time", "stage=encode")).isEqualTo(4);
    assertThat(millis("longcat.time", "stage=queue")).isEqualTo(5);
    assertThat(millis("longcat.time", "stage=prefill")).isEqualTo(50);
    assertThat(millis("longcat.time", "stage=decode")).isEqualTo(190);
    assertThat(millis("longcat.first", "of=token")).isEqualTo(64);
    assertThat(millis("longcat.gap", "percentile=50")).isEqualTo(10);
    assertThat(millis("longcat.gap", "percentile=99")).isEqualTo(12);
    assertThat(registry.get("longcat.experts").summary().mean()).isEqualTo(8.5);
    assertThat(registry.get("longcat.cache").summary().totalAmount()).isEqualTo(4096);
    assertThat(registry.find("longcat.speech.factor").summary().count()).isZero();
  }

  @Test
  void speechHasMetersOfItsOwn() {
    metrics.onSubmitted();
    metrics.onFinished(FinishReason.LENGTH, SPEECH);
    assertThat(millis("longcat.first", "of=audio")).isEqualTo(300);
    assertThat(millis("longcat.time", "stage=vocode")).isEqualTo(80);
    assertThat(registry.get("longcat.speech.factor").summary().max()).isEqualTo(0.6);
  }

  @Test
  void eachRankHasMetersOfItsOwn() {
    RankFigures first =
        new RankFigures(0, "alpha", Duration.ofMillis(120), Duration.ofMillis(70), 2500);
    RankFigures second =
        new RankFigures(1, "beta", Duration.ofMillis(340), Duration.ofMillis(10), 900);
    for (int replies = 0; replies < 2; replies++) {
      metrics.onSubmitted();
      metrics.onFinished(
          FinishReason.END,
          Statistics.builder().tokens(3, 0, 1).ranks(List.of(first, second)).build());
    }
    assertThat(millis("longcat.rank.collectives", "rank=0")).isEqualTo(240);
    assertThat(millis("longcat.rank.waiting", "rank=0")).isEqualTo(140);
    assertThat(millis("longcat.rank.collectives", "rank=1")).isEqualTo(680);
    assertThat(millis("longcat.rank.waiting", "rank=1")).isEqualTo(20);
    Counter sent =
        registry
            .get("longcat.rank.sent")
            .tags("rank", "1", "host", "beta", "model", "tiny")
            .counter();
    assertThat(sent.count()).isEqualTo(1800);
    assertThat(sent.getId().getBaseUnit()).isEqualTo("bytes");
  }

  @Test
  void oneRankHasNoMetersOfRanks() {
    metrics.onSubmitted();
    metrics.onFinished(FinishReason.END, TEXT);
    assertThat(registry.getMeters())
        .noneMatch(meter -> meter.getId().getName().startsWith("longcat.rank"));
  }

  @Test
  void requestsThatFailAreToldByTheirReason() {
    for (int i = 0; i < 5; i++) {
      metrics.onSubmitted();
    }
    assertThat(registry.get("longcat.requests.active").gauge().value()).isEqualTo(5);
    metrics.onFailed(new GenerationCancelledException("closed"));
    metrics.onFailed(new EngineBusyException("full"));
    metrics.onFailed(new DeadlineExceededException("late"));
    metrics.onFailed(new BackendException("NaN"));
    assertThat(requests("cancelled")).isEqualTo(1);
    assertThat(requests("busy")).isEqualTo(1);
    assertThat(requests("late")).isEqualTo(1);
    assertThat(requests("failed")).isEqualTo(1);
    assertThat(registry.get("longcat.requests.active").gauge().value()).isEqualTo(1);
  }

  @Test
  void severalRegistriesAreFilled() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    metrics.bindTo(other);
    metrics.onSubmitted();
    metrics.onFinished(FinishReason.STOP, TEXT);
    assertThat(requests("stop")).isEqualTo(1);
    assertThat(other.get("longcat.requests").counter().count()).isEqualTo(1);
  }

  @Test
  void theMetersOfTheConventionsAreFilledToo() {
    metrics.onSubmitted();
    metrics.onFinished(FinishReason.END, TEXT);
    String[] tags = {
      "gen_ai.operation.name", "chat", "gen_ai.provider.name", "longcat",
      "gen_ai.request.model", "tiny", "model", "tiny"
    };
    for (String name :
        List.of("gen_ai.client.operation.duration", "gen_ai.server.request.duration")) {
      assertThat(registry.get(name).tags(tags).timer().totalTime(TimeUnit.MILLISECONDS))
          .as(name)
          .isEqualTo(9 + 5 + 50 + 190);
    }
    assertThat(
            registry
                .get("gen_ai.server.time_to_first_token")
                .tags(tags)
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(64);
    assertThat(
            registry
                .get("gen_ai.server.time_per_output_token")
                .tags(tags)
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(10);
    assertThat(usage("input")).isEqualTo(100);
    assertThat(usage("output")).isEqualTo(20);
  }

  private double usage(String type) {
    return registry
        .get("gen_ai.client.token.usage")
        .tags("gen_ai.token.type", type)
        .summary()
        .totalAmount();
  }

  @Test
  void aReplyOfOneTokenHasNoTimePerFurtherToken() {
    metrics.onFinished(FinishReason.END, Statistics.builder().tokens(3, 0, 1).build());
    assertThat(registry.find("gen_ai.server.time_per_output_token").timer()).isNull();
  }

  @Test
  void aModelWithoutNameIsCalledLongcat() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    LongCatMetrics nameless = new LongCatMetrics();
    nameless.bindTo(other);
    nameless.onFinished(FinishReason.END, TEXT);
    assertThat(
            other
                .get("gen_ai.client.operation.duration")
                .tags("gen_ai.request.model", "longcat")
                .timer()
                .count())
        .isEqualTo(1);
  }
}
