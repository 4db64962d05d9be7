package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Generation;
import io.longcat4j.SessionOptions;
import io.longcat4j.Tool;
import io.longcat4j.server.sound.SoundFormat;
import io.longcat4j.server.wire.Json;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a session is held, as its client set it. Immutable.
 *
 * @param instructions for the model
 * @param spoken whether replies are spoken
 * @param input how the client's sound is written
 * @param output how replies' sound is written
 * @param turns how turns are detected; empty for push-to-talk
 * @param tools what the model may ask to have called
 * @param toolsShown as they were asked for
 * @param toolChoice as it was asked for
 * @param most tokens of a reply; empty for the default
 * @param temperature of sampling; empty for greedy
 * @param voice as it was asked for; there is one
 * @param transcription as it was asked for; null for none
 */
record SessionConfig(
    Optional<String> instructions,
    boolean spoken,
    SoundFormat input,
    SoundFormat output,
    Optional<Turns> turns,
    List<Tool> tools,
    ArrayNode toolsShown,
    JsonNode toolChoice,
    OptionalInt most,
    Optional<Double> temperature,
    String voice,
    Optional<ObjectNode> transcription) {

  static SessionConfig defaults() {
    return new SessionConfig(
        Optional.empty(),
        /* spoken= */ true,
        SoundFormat.PCM16,
        SoundFormat.PCM16,
        Optional.of(Turns.defaults()),
        List.of(),
        Json.array(),
        Json.array().textNode("auto"),
        OptionalInt.empty(),
        Optional.empty(),
        "longcat",
        Optional.empty());
  }

  Generation generation() {
    Generation.Builder builder = Generation.builder().speech(spoken);
    most.ifPresent(builder::maxNewTokens);
    temperature.filter(value -> value > 0).ifPresent(value -> builder.topK(0).temperature(value));
    return builder.build();
  }

  SessionOptions options(int sampleRateHz) {
    SessionOptions.Builder builder =
        SessionOptions.builder()
            .tools(tools.toArray(new Tool[0]))
            .generation(generation())
            .sampleRateHz(sampleRateHz);
    instructions.filter(text -> !text.isBlank()).ifPresent(builder::system);
    turns.ifPresentOrElse(
        rules ->
            builder
                .detection(rules.detection())
                .respondsItself(rules.responds())
                .interruptible(rules.interrupts()),
        () -> builder.pushToTalk().respondsItself(false));
    return builder.build();
  }

  ObjectNode toJson(Dialect dialect, String id, String model) {
    ObjectNode json =
        Json.object()
            .put("id", id)
            .put("object", "realtime.session")
            .put("model", model)
            .put("instructions", instructions.orElse(""));
    json.set("tools", toolsShown);
    json.set("tool_choice", toolChoice);
    if (dialect == Dialect.OLDER) {
      older(json);
    } else {
      present(json);
    }
    return json;
  }

  private void present(ObjectNode json) {
    json.put("type", "realtime");
    json.putArray("output_modalities").add(spoken ? "audio" : "text");
    putMost(json, "max_output_tokens");
    ObjectNode audio = json.putObject("audio");
    ObjectNode in = audio.putObject("input");
    in.set("format", format(input));
    in.set("transcription", transcription.orElse(null));
    in.putNull("noise_reduction");
    in.set("turn_detection", turns.map(Turns::shown).orElse(null));
    ObjectNode out = audio.putObject("output");
    out.set("format", format(output));
    out.put("voice", voice).put("speed", 1.0);
    json.putNull("tracing").put("truncation", "auto").putNull("prompt").putNull("include");
  }

  private void older(ObjectNode json) {
    ArrayNode modalities = json.putArray("modalities").add("text");
    if (spoken) {
      modalities.add("audio");
    }
    json.put("voice", voice)
        .put("input_audio_format", input.olderName())
        .put("output_audio_format", output.olderName());
    json.set("input_audio_transcription", transcription.orElse(null));
    json.set("turn_detection", turns.map(Turns::shown).orElse(null));
    putMost(json, "max_response_output_tokens");
    json.put("temperature", temperature.orElse(0.0));
  }

  void putMost(ObjectNode json, String name) {
    if (most.isPresent()) {
      json.put(name, most.getAsInt());
    } else {
      json.put(name, "inf");
    }
  }

  static ObjectNode format(SoundFormat format) {
    ObjectNode json = Json.object().put("type", format.type());
    if (format == SoundFormat.PCM16) {
      json.put("rate", format.sampleRateHz());
    }
    return json;
  }
}
