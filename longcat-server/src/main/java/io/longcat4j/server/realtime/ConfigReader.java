package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.server.chat.Tools;
import io.longcat4j.server.sound.SoundFormat;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads what a client changes of a session, or of one response, in the present and the older names.
 */
final class ConfigReader {
  private static final Set<String> SESSION =
      Set.of(
          "type",
          "id",
          "object",
          "model",
          "instructions",
          "audio",
          "output_modalities",
          "max_output_tokens",
          "tools",
          "tool_choice",
          "temperature",
          "modalities",
          "voice",
          "speed",
          "input_audio_format",
          "output_audio_format",
          "input_audio_transcription",
          "turn_detection",
          "max_response_output_tokens",
          // What follows changes nothing here.
          "expires_at",
          "tracing",
          "truncation",
          "include",
          "prompt",
          "reasoning",
          "parallel_tool_calls",
          "client_secret",
          "input_audio_noise_reduction",
          "providerData");

  private static final Set<String> RESPONSE =
      Set.of(
          "conversation",
          "input",
          "metadata",
          "instructions",
          "audio",
          "output_modalities",
          "max_output_tokens",
          "tools",
          "tool_choice",
          "temperature",
          "modalities",
          "voice",
          "output_audio_format",
          "max_response_output_tokens",
          "prompt",
          "reasoning",
          "parallel_tool_calls");

  private ConfigReader() {}

  static SessionConfig session(SessionConfig before, Fields fields) {
    fields.refuseOthers(SESSION);
    if (!fields.text("type").orElse("realtime").equals("realtime")) {
      throw ApiException.unsupported(
          fields.at("type"), "There are sessions of type realtime only, none of transcription");
    }
    return read(before, fields);
  }

  static SessionConfig response(SessionConfig session, Fields fields) {
    fields.refuseOthers(RESPONSE);
    return read(session, fields);
  }

  private static SessionConfig read(SessionConfig before, Fields fields) {
    Optional<Fields> audio = fields.object("audio");
    Optional<Fields> in = audio.flatMap(both -> both.object("input"));
    Optional<Fields> out = audio.flatMap(both -> both.object("output"));
    requireUsualSpeed(fields);
    out.ifPresent(ConfigReader::requireUsualSpeed);
    boolean toolsGiven = fields.has("tools");
    return new SessionConfig(
        fields.text("instructions").or(before::instructions),
        spoken(fields).orElse(before.spoken()),
        in.flatMap(inner -> format(inner, "format"))
            .or(() -> format(fields, "input_audio_format"))
            .orElse(before.input()),
        out.flatMap(inner -> format(inner, "format"))
            .or(() -> format(fields, "output_audio_format"))
            .orElse(before.output()),
        turns(before, fields, in),
        toolsGiven || fields.has("tool_choice")
            ? Tools.read(withTools(before, fields)).declared()
            : before.tools(),
        toolsGiven ? (ArrayNode) fields.node().get("tools") : before.toolsShown(),
        toolChoice(before, fields),
        most(before, fields),
        fields.number("temperature", 0, 2).or(before::temperature),
        out.flatMap(ConfigReader::voice).or(() -> voice(fields)).orElse(before.voice()),
        transcription(before, fields, in));
  }

  private static void requireUsualSpeed(Fields fields) {
    if (fields.number("speed", 0, 100).orElse(1.0) != 1) {
      throw ApiException.unsupported(
          fields.at("speed"), "speed must be 1: the model speaks as it does");
    }
  }

  private static Optional<String> voice(Fields fields) {
    return fields
        .value("voice")
        .map(value -> value.isTextual() ? value.textValue() : value.path("id").asText());
  }

  private static Optional<Boolean> spoken(Fields fields) {
    for (String name : List.of("output_modalities", "modalities")) {
      if (fields.has(name)) {
        List<String> modalities = fields.texts(name);
        for (String modality : modalities) {
          if (!modality.equals("text") && !modality.equals("audio")) {
            throw ApiException.invalid(fields.at(name), name + " may hold text and audio");
          }
        }
        return Optional.of(modalities.contains("audio"));
      }
    }
    return Optional.empty();
  }

  private static Optional<SoundFormat> format(Fields fields, String name) {
    Optional<JsonNode> value = fields.value(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    boolean isName = value.get().isTextual();
    String type = isName ? value.get().textValue() : fields.requireObject(name).requireText("type");
    SoundFormat format =
        SoundFormat.named(type)
            .orElseThrow(
                () ->
                    ApiException.invalid(
                        fields.at(name),
                        "Format '"
                            + type
                            + "' is not known; there are audio/pcm, audio/pcmu and"
                            + " audio/pcma"));
    if (!isName) {
      int rate = format.sampleRateHz();
      Fields whole = fields.requireObject(name);
      if (whole.integer("rate", 1, Integer.MAX_VALUE).orElse((long) rate) != rate) {
        throw ApiException.unsupported(
            whole.at("rate"), format.type() + " has " + rate + " samples a second");
      }
    }
    return Optional.of(format);
  }

  private static Optional<Turns> turns(SessionConfig before, Fields fields, Optional<Fields> in) {
    Fields holder = in.filter(inner -> inner.node().has("turn_detection")).orElse(fields);
    if (!holder.node().has("turn_detection")) {
      return before.turns();
    }
    return holder
        .object("turn_detection")
        .map(Turns::read)
        .filter(turns -> !turns.shown().path("type").asText().equals("none"));
  }

  private static Optional<ObjectNode> transcription(
      SessionConfig before, Fields fields, Optional<Fields> in) {
    String older = "input_audio_transcription";
    if (in.isPresent() && in.get().node().has("transcription")) {
      return in.get().object("transcription").map(Fields::node);
    }
    return fields.node().has(older)
        ? fields.object(older).map(Fields::node)
        : before.transcription();
  }

  /** A choice may come without the tools that it is among. */
  private static Fields withTools(SessionConfig before, Fields fields) {
    ObjectNode both = fields.node().objectNode();
    both.set("tools", fields.has("tools") ? fields.node().get("tools") : before.toolsShown());
    both.set("tool_choice", toolChoice(before, fields));
    return new Fields(both, fields.path());
  }

  private static JsonNode toolChoice(SessionConfig before, Fields fields) {
    JsonNode choice = fields.value("tool_choice").orElse(before.toolChoice());
    boolean free = choice.isTextual() && List.of("auto", "none").contains(choice.textValue());
    if (!free) {
      throw ApiException.unsupported(
          fields.at("tool_choice"),
          "tool_choice must be auto or none: a call cannot be required of a spoken reply");
    }
    return choice;
  }

  private static OptionalInt most(SessionConfig before, Fields fields) {
    for (String name : List.of("max_output_tokens", "max_response_output_tokens")) {
      if (fields.has(name)) {
        return "inf".equals(fields.node().get(name).textValue())
            ? OptionalInt.empty()
            : fields
                .integer(name, 1, Integer.MAX_VALUE)
                .map(value -> OptionalInt.of(value.intValue()))
                .orElseThrow();
      }
    }
    return before.most();
  }
}
