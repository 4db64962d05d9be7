package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request of {@code /v1/chat/completions}.
 *
 * @param prompt what is asked
 * @param generation how it is answered
 * @param streamed whether bit by bit
 * @param usageWanted whether the stream ends with the usage
 * @param soundFormat {@code wav} or {@code pcm16}; empty for a written reply
 * @param forcedCall whether the reply's text is a call of a tool
 */
record ChatRequest(
    Prompt prompt,
    Generation generation,
    boolean streamed,
    boolean usageWanted,
    Optional<String> soundFormat,
    boolean forcedCall) {
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "stream",
          "stream_options",
          "n",
          "modalities",
          "audio",
          "tools",
          "tool_choice",
          "response_format",
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "seed",
          "stop",
          "max_tokens",
          "max_completion_tokens",
          "presence_penalty",
          "frequency_penalty",
          "repetition_penalty",
          "logit_bias",
          "logprobs",
          "top_logprobs",
          // What follows changes nothing here.
          "user",
          "store",
          "metadata",
          "service_tier",
          "parallel_tool_calls",
          "prompt_cache_key",
          "prompt_cache_retention",
          "safety_identifier",
          "reasoning_effort",
          "verbosity");

  static ChatRequest read(ObjectNode json, Duration longest, SpokenReplies spoken) {
    Fields request = Fields.of(json);
    request.refuseOthers(KNOWN);
    request.requireText("model");
    if (request.integer("n", 1, Long.MAX_VALUE).orElse(1L) != 1) {
      throw ApiException.unsupported("n", "n must be 1; send the request several times");
    }
    boolean streamed = request.flag("stream").orElse(false);
    Optional<String> sound = soundFormat(request, streamed);
    Generation.Builder generation = Generation.builder().speech(sound.isPresent()).timeout(longest);
    Sampling.read(request, generation);
    Tools tools = Tools.read(request);
    readFormat(request).ifPresent(generation::jsonSchema);
    tools.forcedSchema().ifPresent(generation::jsonSchema);
    if (sound.isPresent() && tools.forcedSchema().isPresent()) {
      throw ApiException.unsupported("tool_choice", "A call cannot be required of a spoken reply");
    }
    return new ChatRequest(
        new Prompt(Messages.read(request, spoken), tools.declared()),
        generation.build(),
        streamed,
        request
            .object("stream_options")
            .flatMap(options -> options.flag("include_usage"))
            .orElse(false),
        sound,
        tools.forcedSchema().isPresent());
  }

  private static Optional<String> soundFormat(Fields request, boolean streamed) {
    List<String> modalities = request.texts("modalities");
    for (String modality : modalities) {
      if (!modality.equals("text") && !modality.equals("audio")) {
        throw ApiException.invalid("modalities", "modalities may hold text and audio");
      }
    }
    if (!modalities.contains("audio")) {
      return Optional.empty();
    }
    Fields audio = request.requireObject("audio");
    String format = audio.requireText("format");
    boolean known = format.equals("pcm16") || (format.equals("wav") && !streamed);
    if (!known) {
      throw ApiException.unsupported(
          "audio.format",
          "audio.format is '"
              + format
              + "'; there is "
              + (streamed ? "pcm16 for streams" : "wav and pcm16"));
    }
    return Optional.of(format);
  }

  private static Optional<String> readFormat(Fields request) {
    return request
        .object("response_format")
        .flatMap(
            format ->
                switch (format
                    .word("type", "text", "json_object", "json_schema")
                    .orElseThrow(() -> format.missing("type"))) {
                  case "text" -> Optional.empty();
                  case "json_object" -> Optional.of("{\"type\":\"object\"}");
                  default ->
                      Optional.of(
                          Json.write(
                              format.requireObject("json_schema").requireObject("schema").node()));
                });
  }
}
