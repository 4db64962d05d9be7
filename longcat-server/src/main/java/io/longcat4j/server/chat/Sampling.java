package io.longcat4j.server.chat;

import io.longcat4j.Generation;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads how a reply is generated. Without a temperature or the like it is greedy. */
final class Sampling {
  private static final int MOST_STOPS = 16;

  private Sampling() {}

  static void read(Fields request, Generation.Builder builder) {
    Optional<Double> temperature = request.number("temperature", 0, 2);
    Optional<Double> topP = request.number("top_p", 0, 1);
    Optional<Double> minP = request.number("min_p", 0, 1);
    Optional<Long> topK = request.integer("top_k", -1, Integer.MAX_VALUE);
    boolean sampled =
        temperature.map(value -> value > 0).orElse(topP.isPresent() || minP.isPresent())
            && topP.map(value -> value > 0).orElse(true);
    builder.topK(sampled ? (int) Math.max(0, topK.orElse(0L)) : 1);
    temperature.filter(value -> value > 0).ifPresent(builder::temperature);
    topP.filter(value -> value > 0).ifPresent(builder::topP);
    minP.ifPresent(builder::minP);
    request.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).ifPresent(builder::seed);
    request.number("presence_penalty", -2, 2).ifPresent(builder::presencePenalty);
    request.number("frequency_penalty", -2, 2).ifPresent(builder::frequencyPenalty);
    request.number("repetition_penalty", 1, 100).ifPresent(builder::repetitionPenalty);
    request
        .integer("max_completion_tokens", 1, Integer.MAX_VALUE)
        .or(() -> request.integer("max_tokens", 1, Integer.MAX_VALUE))
        .ifPresent(most -> builder.maxNewTokens(most.intValue()));
    readStop(request, builder);
    readBias(request, builder);
    readLogprobs(request, builder);
  }

  private static void readStop(Fields request, Generation.Builder builder) {
    boolean single = request.value("stop").filter(value -> value.isTextual()).isPresent();
    List<String> stop = single ? List.of(request.requireText("stop")) : request.texts("stop");
    if (stop.size() > MOST_STOPS || stop.contains("")) {
      throw ApiException.invalid(
          request.at("stop"), "stop may have " + MOST_STOPS + " strings, none of them empty");
    }
    builder.stop(stop.toArray(new String[0]));
  }

  private static void readBias(Fields request, Generation.Builder builder) {
    Map<Integer, Float> bias = new HashMap<>();
    request
        .object("logit_bias")
        .ifPresent(
            fields -> {
              for (Map.Entry<String, ?> entry : fields.node().properties()) {
                bias.put(id(entry.getKey(), fields), value(entry.getKey(), fields));
              }
            });
    builder.logitBias(bias);
  }

  private static int id(String name, Fields fields) {
    try {
      return Integer.parseUnsignedInt(name);
    } catch (NumberFormatException e) {
      throw ApiException.invalid(fields.at(name), fields.at(name) + " is no token id");
    }
  }

  private static float value(String name, Fields fields) {
    return fields.number(name, -100, 100).orElse(0.0).floatValue();
  }

  private static void readLogprobs(Fields request, Generation.Builder builder) {
    boolean wanted = request.flag("logprobs").orElse(false);
    Optional<Long> top = request.integer("top_logprobs", 0, 20);
    if (top.isPresent() && !wanted) {
      throw ApiException.invalid(
          request.at("top_logprobs"), "top_logprobs needs 'logprobs': true beside it");
    }
    if (wanted) {
      builder.topLogprobs(top.orElse(0L).intValue());
    }
  }
}
