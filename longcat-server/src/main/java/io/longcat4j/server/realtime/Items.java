package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Samples;
import io.longcat4j.server.chat.Ids;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Json;
import java.util.LinkedHashMap;
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

  boolean has(String id) {
    return items.containsKey(id);
  }

  private void remove(String id) {
    items.remove(id);
    removeSound(id);
  }

  private void removeSound(String id) {
    Samples sound = sounds.remove(id);
    if (sound != null) {
      samples -= sound.count();
    }
  }
}
