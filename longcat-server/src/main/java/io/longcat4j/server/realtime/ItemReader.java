package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.DataUrl;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads items that clients make. */
final class ItemReader {
  private ItemReader() {}

  /**
   * A part of an item: what the model is given, and for a picture of a camera when it was taken.
   */
  record Content(Part part, Optional<Duration> at) {}

  static List<Content> content(Fields item, SessionConfig config) {
    List<Content> content =
        item.list("content", (value, place) -> part(Fields.of(value, place), config));
    if (content.isEmpty()) {
      throw item.missing("content");
    }
    return content;
  }

  private static Content part(Fields part, SessionConfig config) {
    String type = part.requireText("type");
    return switch (type) {
      case "input_text", "output_text", "text" -> plain(Text.of(part.requireText("text")));
      case "output_audio", "audio" -> plain(Text.of(part.requireText("transcript")));
      case "input_audio" -> plain(sound(part, config));
      case "input_image" ->
          new Content(
              Image.of(DataUrl.decode(part.requireText("image_url"), part.at("image_url"))),
              part.integer("time_ms", 0, Long.MAX_VALUE / 1_000_000).map(Duration::ofMillis));
      default ->
          throw ApiException.unsupported(
              part.at("type"),
              "Content of type '"
                  + type
                  + "' is not known; there are input_text, input_audio and"
                  + " input_image");
    };
  }

  private static Content plain(Part part) {
    return new Content(part, Optional.empty());
  }

  private static Audio sound(Fields part, SessionConfig config) {
    byte[] bytes = DataUrl.base64(part.requireText("audio"), part.at("audio"));
    if (bytes.length % config.input().bytesPerSample() != 0) {
      throw ApiException.invalid(part.at("audio"), part.at("audio") + " must be whole samples");
    }
    return Audio.of(Sounds.decode(bytes, config.input()));
  }

  /** An item, or one of the conversation that is named, as a message of a prompt. */
  static Message message(Fields item, SessionConfig config, Items items) {
    String type = item.text("type").orElse("message");
    if (type.equals("item_reference")) {
      return items.message(item.requireText("id"), item.at("id"));
    }
    if (!type.equals("message")) {
      throw ApiException.unsupported(
          item.at("type"), "A response of no conversation takes message and item_reference only");
    }
    List<Part> parts = new ArrayList<>();
    content(item, config).forEach(content -> parts.add(content.part()));
    return new Message(
        switch (item.word("role", "system", "user", "assistant").orElse("user")) {
          case "system" -> Role.SYSTEM;
          case "assistant" -> Role.ASSISTANT;
          default -> Role.USER;
        },
        parts);
  }

  /** What the conversation shows of an item: what was sent, but for sounds and pictures. */
  static ObjectNode shown(Fields item, String id) {
    ObjectNode shown = Json.object().put("id", id).put("object", "realtime.item");
    for (String name : List.of("type", "role", "call_id", "name", "arguments", "output")) {
      item.value(name).ifPresent(value -> shown.set(name, value));
    }
    shown.put("status", "completed");
    if (item.has("content")) {
      ArrayNode content = shown.putArray("content");
      for (JsonNode part : item.node().get("content")) {
        content.add(((ObjectNode) part.deepCopy()).without(List.of("audio", "image_url")));
      }
    }
    return shown;
  }
}
