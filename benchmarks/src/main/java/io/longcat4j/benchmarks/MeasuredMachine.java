package io.longcat4j.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What whole runs of {@code bench all} told of one kind of processor. Immutable.
 *
 * @param processor the maker's name for it
 * @param cores how many computed
 * @param date of the run, such as 2026-11-23
 * @param generated tokens a second of the small model, one after the other; in turns with
 *     transformers where they ran
 * @param prompt tokens a second of a prompt of the small model, likewise
 * @param transformers the same two of Hugging Face transformers, in turns with ours
 * @param formats a layer at the published sizes, by the name of the weights' format
 */
record MeasuredMachine(
    String processor,
    int cores,
    String date,
    double generated,
    double prompt,
    Optional<Transformers> transformers,
    Map<String, Layer> formats) {
  /** The context that stands for all. */
  static final int CONTEXT = 1024;

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  MeasuredMachine {
    formats = Map.copyOf(formats);
  }

  /** Tokens a second beside ours. */
  record Transformers(double generated, double prompt) {}

  /**
   * A layer of the published sizes while it decodes.
   *
   * @param bytes read for a token
   * @param share of the read bandwidth that was reached, 0 to 1
   */
  record Layer(double bytes, double share) {
    /** Tokens a second of the whole published model where reading takes {@code bytesPerSecond}. */
    double tokensPerSecond(double bytesPerSecond) {
      ModelSizes published = ModelSizes.published();
      double head = (double) published.vocabulary() * published.hidden() * Short.BYTES;
      return bytesPerSecond * share / (published.layers() * bytes + head);
    }
  }

  /**
   * Reads a history file.
   *
   * @return the last whole run of each kind of processor, in the order of their first ones
   * @throws InvalidRequestException if the file cannot be read or holds no whole run
   */
  static List<MeasuredMachine> read(Path history) {
    Map<String, MeasuredMachine> found = new LinkedHashMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(history);
    } catch (IOException e) {
      throw new InvalidRequestException(
          history + ": cannot be read (" + e + "); name a file that --json wrote", e);
    }
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        of(node(history, i + 1, lines.get(i)))
            .ifPresent(machine -> found.put(machine.processor, machine));
      }
    }
    if (found.isEmpty()) {
      throw new InvalidRequestException(
          history + ": has no line of a whole run; make one by 'bench all --json " + history + "'");
    }
    return new ArrayList<>(found.values());
  }

  private static JsonNode node(Path history, int line, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          "%s, line %d: is no JSON (%s); remove it"
              .formatted(history, line, e.getOriginalMessage()),
          e);
    }
  }

  private static Optional<MeasuredMachine> of(JsonNode line) {
    JsonNode figures = line.path("figures");
    JsonNode model = figures.path("model");
    JsonNode turns = figures.path("transformers");
    OptionalDouble theirs = test(turns, "tg", "transformers_tokens_per_s");
    OptionalDouble theirPrompt = test(turns, "pp", "transformers_tokens_per_s");
    boolean isCompared = theirs.isPresent() && theirPrompt.isPresent();
    OptionalDouble generated =
        isCompared ? test(turns, "tg", "longcat4j_tokens_per_s") : number(model, "tg_tokens_per_s");
    OptionalDouble prompt =
        isCompared ? test(turns, "pp", "longcat4j_tokens_per_s") : number(model, "pp_tokens_per_s");
    Map<String, Layer> formats = new LinkedHashMap<>();
    for (WeightFormat format : WeightFormat.values()) {
      JsonNode decode = figures.path(format.name()).path("decode_" + CONTEXT);
      OptionalDouble gigabytes = number(decode, "gb");
      OptionalDouble share = number(decode, "share_of_read");
      if (gigabytes.isPresent() && share.isPresent()) {
        formats.put(format.name(), new Layer(gigabytes.getAsDouble() * 1e9, share.getAsDouble()));
      }
    }
    if (generated.isEmpty() || prompt.isEmpty() || formats.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new MeasuredMachine(
            line.path("machine").path("processor").asText("unknown processor"),
            line.path("machine").path("cores").asInt(),
            line.path("time").asText("").replaceFirst("T.*", ""),
            generated.getAsDouble(),
            prompt.getAsDouble(),
            isCompared
                ? Optional.of(new Transformers(theirs.getAsDouble(), theirPrompt.getAsDouble()))
                : Optional.empty(),
            formats));
  }

  /** A figure of the test whose name begins so, as in {@code pp512}. */
  private static OptionalDouble test(JsonNode node, String test, String key) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getKey().startsWith(test)) {
        return number(entry.getValue(), key);
      }
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble number(JsonNode node, String key) {
    JsonNode value = node.path(key);
    return value.isNumber() && value.asDouble() > 0
        ? OptionalDouble.of(value.asDouble())
        : OptionalDouble.empty();
  }
}
