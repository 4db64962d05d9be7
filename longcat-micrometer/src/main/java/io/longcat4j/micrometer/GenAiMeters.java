package io.longcat4j.micrometer;

import io.longcat4j.Statistics;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;

/**
 * The meters of one registry that OpenTelemetry's semantic conventions for generative AI name.
 * Thread-safe, as registries are.
 */
final class GenAiMeters {
  static final String PROVIDER = "longcat";

  private final MeterRegistry registry;
  private final Tags tags;

  GenAiMeters(MeterRegistry registry, List<Tag> tags) {
    this.registry = registry;
    String model =
        tags.stream()
            .filter(tag -> tag.getKey().equals("model"))
            .map(Tag::getValue)
            .findFirst()
            .orElse(PROVIDER);
    this.tags =
        Tags.of(tags)
            .and("gen_ai.operation.name", "chat")
            .and("gen_ai.provider.name", PROVIDER)
            .and("gen_ai.request.model", model);
  }

  void record(Statistics statistics) {
    Duration whole =
        statistics
            .preprocess()
            .plus(statistics.queue())
            .plus(statistics.prefill())
            .plus(statistics.decode());
    registry.timer("gen_ai.client.operation.duration", tags).record(whole);
    registry.timer("gen_ai.server.request.duration", tags).record(whole);
    registry.timer("gen_ai.server.time_to_first_token", tags).record(statistics.timeToFirstToken());
    int further = statistics.newTokens() - 1;
    if (further > 0) {
      registry
          .timer("gen_ai.server.time_per_output_token", tags)
          .record(statistics.decode().dividedBy(further));
    }
    usage("input", statistics.promptTokens());
    usage("output", statistics.newTokens());
  }

  private void usage(String type, int count) {
    DistributionSummary.builder("gen_ai.client.token.usage")
        .baseUnit("tokens")
        .tags(tags.and("gen_ai.token.type", type))
        .register(registry)
        .record(count);
  }
}
