package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Image;
import io.longcat4j.LongCatException;
import io.longcat4j.Part;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.DataUrl;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the events of a client and has them done; what is wrong with one is told by an error. */
final class Commands {
  private static final long LONGEST_MILLIS = Long.MAX_VALUE / 1_000_000;

  private final RealtimeConversation conversation;

  Commands(RealtimeConversation conversation) {
    this.conversation = conversation;
  }

  void receive(String message) {
    String eventId = null;
    try {
      ObjectNode json = Json.read(message);
      eventId = json.path("event_id").textValue();
      obey(Fields.of(json));
    } catch (LongCatException e) {
      conversation.error(e, eventId);
    } catch (RuntimeException e) {
      conversation.error(e, eventId);
    }
  }

  void receiveBinary() {
    conversation.error(
        ApiException.of(
            400, "binary_message", "Send events as text; sound stands in them in Base64"),
        null);
  }

  private void obey(Fields event) {
    String type = event.requireText("type");
    switch (type) {
      case "session.update" -> conversation.update(event.requireObject("session"));
      case "input_audio_buffer.append" ->
          conversation.append(DataUrl.base64(event.requireText("audio"), event.at("audio")));
      case "input_audio_buffer.commit" -> conversation.commit();
      case "input_audio_buffer.clear" -> conversation.clear();
      case "input_video_buffer.append" -> conversation.show(picture(event), time(event, "time_ms"));
      case "output_audio_buffer.clear" -> conversation.hush();
      case "output_audio_buffer.played" -> conversation.played(requireTime(event, "audio_end_ms"));
      case "conversation.item.create" -> create(event);
      case "conversation.item.delete" -> conversation.delete(event.requireText("item_id"));
      case "conversation.item.retrieve" -> conversation.retrieve(event.requireText("item_id"));
      case "conversation.item.truncate" -> {
        var unused = event.integer("content_index", 0, 0);
        conversation.truncate(event.requireText("item_id"), requireTime(event, "audio_end_ms"));
      }
      case "response.create" ->
          conversation.respond(
              event.object("response").orElseGet(() -> new Fields(Json.object(), "response")));
      case "response.cancel" -> conversation.cancel(event.text("response_id"));
      default ->
          throw ApiException.of(
              400, "unknown_event", "Events of type '" + type + "' are not known here");
    }
  }

  private void create(Fields event) {
    Fields item = event.requireObject("item");
    String id = item.text("id").orElseGet(Items::newId);
    if (id.length() > 100 || conversation.items().has(id)) {
      throw ApiException.invalid(item.at("id"), "An item's id must be new and short");
    }
    requireAtEnd(event);
    String type = item.requireText("type");
    switch (type) {
      case "message" -> createMessage(item, id);
      case "function_call_output" ->
          conversation.result(
              ItemReader.shown(item, id), item.requireText("call_id"), item.requireText("output"));
      case "function_call" -> {
        item.requireText("name");
        item.requireText("call_id");
        conversation.addEarlier(ItemReader.shown(item, id));
      }
      default ->
          throw ApiException.unsupported(
              item.at("type"),
              "Items of type '"
                  + type
                  + "' cannot be made here; there are message, function_call"
                  + " and function_call_output");
    }
  }

  private void createMessage(Fields item, String id) {
    String role =
        item.word("role", "user", "system", "assistant").orElseThrow(() -> item.missing("role"));
    if (!role.equals("user")) {
      ItemReader.content(item, conversation.config());
      conversation.addEarlier(ItemReader.shown(item, id));
      return;
    }
    List<Part> parts = new ArrayList<>();
    for (ItemReader.Content content : ItemReader.content(item, conversation.config())) {
      if (content.at().isPresent() && content.part() instanceof Image frame) {
        conversation.show(frame, content.at());
      } else {
        parts.add(content.part());
      }
    }
    conversation.add(ItemReader.shown(item, id), parts.toArray(new Part[0]));
  }

  private void requireAtEnd(Fields event) {
    @Nullable String last = conversation.items().last();
    Optional<String> before = event.text("previous_item_id");
    boolean first = last == null && before.filter("root"::equals).isPresent();
    if (before.isPresent() && !first && !before.get().equals(last)) {
      throw ApiException.unsupported(
          "previous_item_id", "Items can be added at the end only, behind '" + last + "'");
    }
  }

  private static Image picture(Fields event) {
    String text = event.requireText("image");
    return Image.of(
        text.startsWith("data:")
            ? DataUrl.decode(text, event.at("image"))
            : DataUrl.base64(text, event.at("image")));
  }

  private static Optional<Duration> time(Fields event, String name) {
    return event.integer(name, 0, LONGEST_MILLIS).map(Duration::ofMillis);
  }

  private static Duration requireTime(Fields event, String name) {
    return time(event, name).orElseThrow(() -> event.missing(name));
  }
}
