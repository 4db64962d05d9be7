package io.longcat4j.micrometer;

import io.longcat4j.AttentionFigures;
import io.longcat4j.RankFigures;
import io.longcat4j.Statistics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;

/** The meters of one registry. Thread-safe, as registries are. */
final class ReplyMeters {
  private final MeterRegistry registry;
  private final Tags tags;

  ReplyMeters(MeterRegistry registry, List<Tag> tags) {
    this.registry = registry;
    this.tags = Tags.of(tags);
  }

  void ended(String outcome) {
    registry.counter("longcat.requests", tags.and("outcome", outcome)).increment();
  }

  void record(Statistics statistics) {
    count("reused", statistics.reusedTokens());
    count("computed", statistics.computedTokens());
    count("generated", statistics.newTokens());
    count("drafted", statistics.draftedTokens());
    count("accepted", statistics.acceptedTokens());
    time("longcat.time", "stage", "preprocess", statistics.preprocess());
    time("longcat.time", "stage", "encode", statistics.encode());
    time("longcat.time", "stage", "queue", statistics.queue());
    time("longcat.time", "stage", "prefill", statistics.prefill());
    time("longcat.time", "stage", "decode", statistics.decode());
    time("longcat.first", "of", "token", statistics.timeToFirstToken());
    if (statistics.newTokens() > 1) {
      time("longcat.gap", "percentile", "50", statistics.interTokenP50());
      time("longcat.gap", "percentile", "99", statistics.interTokenP99());
    }
    statistics
        .timeToFirstAudio()
        .ifPresent(
            first -> {
              time("longcat.first", "of", "audio", first);
              time("longcat.time", "stage", "vocode", statistics.vocode());
            });
    statistics
        .speechRealTimeFactor()
        .ifPresent(registry.summary("longcat.speech.factor", tags)::record);
    registry.summary("longcat.experts", tags).record(statistics.expertsPerToken());
    DistributionSummary.builder("longcat.cache")
        .baseUnit("bytes")
        .tags(tags)
        .register(registry)
        .record((double) statistics.cacheBytes());
    statistics.attention().forEach(this::record);
    statistics.ranks().forEach(this::record);
  }

  private void record(AttentionFigures figures) {
    Tags block = tags.and("block", Integer.toString(figures.block()));
    registry.summary("longcat.attention.precision", block).record(figures.precision());
    registry.summary("longcat.attention.mass", block).record(figures.mass());
    registry.summary("longcat.attention.entropy", block).record(figures.entropy());
  }

  private void record(RankFigures figures) {
    Tags rank = tags.and("rank", Integer.toString(figures.rank()), "host", figures.host());
    registry.timer("longcat.rank.collectives", rank).record(figures.collectives());
    registry.timer("longcat.rank.waiting", rank).record(figures.waiting());
    Counter.builder("longcat.rank.sent")
        .baseUnit("bytes")
        .tags(rank)
        .register(registry)
        .increment((double) figures.bytes());
  }

  private void count(String kind, int tokens) {
    registry.counter("longcat.tokens", tags.and("kind", kind)).increment(tokens);
  }

  private void time(String name, String key, String value, Duration time) {
    registry.timer(name, tags.and(key, value)).record(time);
  }
}
