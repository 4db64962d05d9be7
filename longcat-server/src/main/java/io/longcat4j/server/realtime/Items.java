package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Audio;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Samples;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import io.longcat4j.server.chat.Ids;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The items of a conversation, as clients see them; the oldest are forgotten, their sound earlier.
 * Not thread-safe.
 */
final class Items {
  private static final int MOST = 2000;
  private static final long MOST_SAMPLES = 4 << 20;

  private final Map<String, ObjectNode> items = new LinkedHashMap<>();
  private final Map<String, Samples> sounds = new LinkedHashMap<>();
  private final Map<String, List<Part>> parts = new LinkedHashMap<>();
  private long samples;
  private @Nullable String last;

  /** A message that is being made. */
  static ObjectNode message(String id, String role, String status) {
    ObjectNode item =
        Json.object()
            .put("id", id)
            .put("object", "realtime.item")
            .put("type", "message")
            .put("status", status)
            .put("role", role);
    item.putArray("content");
    return item;
  }

  static ObjectNode call(String id, String callId, String name, String arguments, String status) {
    return Json.object()
        .put("id", id)
        .put("object", "realtime.item")
        .put("type", "function_call")
        .put("status", status)
        .put("call_id", callId)
        .put("name", name)
        .put("arguments", arguments);
  }

  static String newId() {
    return Ids.next("item_");
  }

  /** The last item, before which nothing is missing; null for none. */
  @Nullable String last() {
    return last;
  }

  /**
   * Appends an item, or takes another state of one.
   *
   * @return the item before it, or null
   */
  @Nullable String put(ObjectNode item) {
    String id = item.path("id").asText();
    String before = last;
    if (items.put(id, item) == null) {
      last = id;
    }
    if (items.size() > MOST) {
      remove(items.keySet().iterator().next());
    }
    return before;
  }

  void keepSound(String id, Samples sound) {
    sounds.put(id, sound);
    samples += sound.count();
    while (samples > MOST_SAMPLES) {
      removeSound(sounds.keySet().iterator().next());
    }
  }

  /** Keeps what the model was given of an item. */
  void keepParts(String id, Part... given) {
    parts.put(id, List.of(given));
  }

  /** The conversation as the model shall know it. */
  List<Message> messages() {
    return messagesWithout("");
  }

  /** The same without an item. */
  List<Message> messagesWithout(String id) {
    List<Message> messages = new ArrayList<>();
    items.forEach(
        (key, item) -> {
          if (!key.equals(id)) {
            message(key, item).ifPresent(messages::add);
          }
        });
    return messages;
  }

  /** One of them as the model shall know it. */
  Message message(String id, String place) {
    return message(id, require(id, place))
        .orElseThrow(() -> ApiException.invalid(place, "Item '" + id + "' says nothing"));
  }

  private Optional<Message> message(String id, ObjectNode item) {
    return switch (item.path("type").asText()) {
      case "function_call" ->
          Optional.of(
              new Message(
                  Role.ASSISTANT,
                  List.of(
                      new ToolCall(
                          item.path("call_id").asText(),
                          item.path("name").asText(),
                          item.path("arguments").asText()))));
      case "function_call_output" -> Optional.of(Message.tool(item.path("output").asText()));
      default -> ofRole(id, item);
    };
  }

  private Optional<Message> ofRole(String id, ObjectNode item) {
    JsonNode content = item.path("content").path(0);
    String words = content.path("text").asText(content.path("transcript").asText(""));
    switch (item.path("role").asText()) {
      case "assistant" -> {
        return words.isEmpty() ? Optional.empty() : Optional.of(Message.assistant(words));
      }
      case "system" -> {
        return Optional.of(Message.system(words));
      }
      default -> {
        List<Part> given = parts.get(id);
        Samples sound = sounds.get(id);
        if (given == null && sound == null && words.isEmpty()) {
          throw ApiException.of(
              400,
              "item_not_kept",
              "What was said in item '"
                  + id
                  + "' is not kept any more, so that items before and"
                  + " behind it cannot be changed");
        }
        return Optional.of(
            given != null
                ? new Message(Role.USER, given)
                : Message.user(sound != null ? Audio.of(sound) : Text.of(words)));
      }
    }
  }

  Optional<Samples> sound(String id) {
    return Optional.ofNullable(sounds.get(id));
  }

  ObjectNode require(String id, String place) {
    ObjectNode item = items.get(id);
    if (item == null) {
      throw ApiException.of(
          404, "item_not_found", place + ": there is no item '" + id + "' in the conversation");
    }
    return item;
  }

  /** What was said in an item, if it is still there, was written down. */
  void transcribed(String id, String words) {
    ObjectNode item = items.get(id);
    if (item != null && item.path("content").path(0) instanceof ObjectNode part) {
      part.put("transcript", words);
    }
  }

  boolean has(String id) {
    return items.containsKey(id);
  }

  void remove(String id) {
    items.remove(id);
    parts.remove(id);
    removeSound(id);
    if (id.equals(last)) {
      last = null;
      items.keySet().forEach(key -> last = key);
    }
  }

  private void removeSound(String id) {
    Samples sound = sounds.remove(id);
    if (sound != null) {
      samples -= sound.count();
    }
  }
}
