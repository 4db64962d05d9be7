package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import io.longcat4j.ToolCall;
import io.longcat4j.server.chat.Ids;
import io.longcat4j.server.sound.SpokenOutput;
import io.longcat4j.server.wire.ApiError;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A response while it is made: from what the model says to the events of it. Not thread-safe. */
final class OpenResponse {
  private final Outbox outbox;
  private final SessionConfig config;
  private final int turn;

  /** Null where it is of no conversation. */
  private final @Nullable Items items;

  private final @Nullable String conversationId;
  private final JsonNode metadata;
  private final String id = Ids.next("resp_");
  private final ArrayNode output = Json.array();
  private final SpokenOutput sound;
  private final StringBuilder text = new StringBuilder();
  private @Nullable ObjectNode message;
  private @Nullable String lastMessage;
  private boolean soundSent;
  private @Nullable String kept;
  private @Nullable ObjectNode said;
  private long told = -1;
  private double spokenMillis;

  OpenResponse(
      Outbox outbox,
      SessionConfig config,
      int turn,
      @Nullable Items items,
      @Nullable String conversationId,
      JsonNode metadata) {
    this.outbox = outbox;
    this.config = config;
    this.turn = turn;
    this.items = items;
    this.conversationId = conversationId;
    this.metadata = metadata;
    this.sound = new SpokenOutput(config.output());
  }

  String id() {
    return id;
  }

  /** Which reply of the session this is; 0 for none of it. */
  int turn() {
    return turn;
  }

  /** The item of the words that were said last, or null. */
  @Nullable String lastMessage() {
    return lastMessage;
  }

  /** How much sound of it was sent. */
  long spokenMillis() {
    return (long) Math.ceil(spokenMillis);
  }

  void begin() {
    ObjectNode event = Json.object();
    event.set("response", toJson("in_progress", null, null));
    outbox.send("response.created", event);
  }

  void words(String more) {
    requireMessage();
    text.append(more);
    outbox.send(
        config.spoken() ? "response.output_audio_transcript.delta" : "response.output_text.delta",
        inPart().put("delta", more));
  }

  void sound(AudioDelta delta) {
    requireMessage();
    soundSent = true;
    spokenMillis += 1000.0 * delta.samples().count() / delta.sampleRateHz();
    send(sound.next(delta));
  }

  private void send(byte[] bytes) {
    if (bytes.length > 0) {
      String delta = Base64.getEncoder().encodeToString(bytes);
      outbox.send("response.output_audio.delta", inPart().put("delta", delta));
    }
  }

  void call(ToolCall call) {
    endMessage("completed");
    String itemId = Items.newId();
    int index = output.size();
    added(index, Items.call(itemId, call.id(), call.name(), "", "in_progress"));
    ObjectNode place = inItem(itemId, index).put("call_id", call.id());
    outbox.send(
        "response.function_call_arguments.delta", place.deepCopy().put("delta", call.arguments()));
    outbox.send(
        "response.function_call_arguments.done",
        place.put("name", call.name()).put("arguments", call.arguments()));
    done(index, Items.call(itemId, call.id(), call.name(), call.arguments(), "completed"));
  }

  /** What is heard of it ends here; only these words stay. Also after its end. */
  void cut(String words) {
    kept = words;
    if (said != null && said.path("content").path(0) instanceof ObjectNode part) {
      part.put(config.spoken() ? "transcript" : "text", words);
    }
  }

  void completed(Done done) {
    boolean whole = done.finishReason() != FinishReason.LENGTH;
    endMessage(whole ? "completed" : "incomplete");
    ObjectNode details = Json.object().put("type", whole ? "completed" : "incomplete");
    if (!whole) {
      details.put("reason", "max_output_tokens");
    }
    end(whole ? "completed" : "incomplete", details, done);
  }

  void cancelled(boolean bySpeech, Optional<Done> done) {
    endMessage("incomplete");
    end(
        "cancelled",
        Json.object()
            .put("type", "cancelled")
            .put("reason", bySpeech ? "turn_detected" : "client_cancelled"),
        done.orElse(null));
  }

  void failed(LongCatException failure) {
    endMessage("incomplete");
    ObjectNode details = Json.object().put("type", "failed");
    details.set("error", ApiError.of(failure).toInner());
    end("failed", details, null);
  }

  private void end(String status, ObjectNode details, @Nullable Done done) {
    ObjectNode event = Json.object();
    event.set("response", toJson(status, details, done));
    outbox.send("response.done", event);
  }

  /** Tells that a reply was heard up to here only; also after its end. */
  void truncated(Duration heard) {
    if (lastMessage != null && soundSent && told != heard.toMillis()) {
      told = heard.toMillis();
      outbox.send(
          "conversation.item.truncated",
          Json.object()
              .put("item_id", lastMessage)
              .put("content_index", 0)
              .put("audio_end_ms", heard.toMillis()));
    }
  }

  private void requireMessage() {
    if (message == null) {
      String itemId = Items.newId();
      lastMessage = itemId;
      message = Items.message(itemId, "assistant", "in_progress");
      text.setLength(0);
      added(output.size(), message.deepCopy());
      ObjectNode event = inPart();
      event.set("part", part("audio", "text", ""));
      outbox.send("response.content_part.added", event);
    }
  }

  private void endMessage(String status) {
    ObjectNode ended = message;
    if (ended == null) {
      return;
    }
    String words = text.toString();
    if (config.spoken()) {
      if (status.equals("completed")) {
        send(sound.end());
      }
      outbox.send("response.output_audio.done", inPart());
      outbox.send("response.output_audio_transcript.done", inPart().put("transcript", words));
    } else {
      outbox.send("response.output_text.done", inPart().put("text", words));
    }
    ObjectNode event = inPart();
    event.set("part", part("audio", "text", words));
    outbox.send("response.content_part.done", event);
    int index = output.size();
    ended.put("status", status);
    ((ArrayNode) ended.get("content")).add(itemPart(kept == null ? words : kept));
    message = null;
    said = ended;
    done(index, ended.deepCopy());
  }

  private ObjectNode itemPart(String words) {
    String type = outbox.dialect().part(config.spoken());
    return Json.object().put("type", type).put(config.spoken() ? "transcript" : "text", words);
  }

  private ObjectNode part(String spoken, String written, String words) {
    return config.spoken()
        ? Json.object().put("type", spoken).put("transcript", words)
        : Json.object().put("type", written).put("text", words);
  }

  private void added(int index, ObjectNode item) {
    ObjectNode event = Json.object().put("response_id", id).put("output_index", index);
    event.set("item", item);
    outbox.send("response.output_item.added", event);
    if (items != null) {
      ObjectNode inConversation = Json.object().put("previous_item_id", items.put(item));
      inConversation.set("item", item);
      outbox.send("conversation.item.added", inConversation);
    }
  }

  private void done(int index, ObjectNode item) {
    output.add(item);
    ObjectNode event = Json.object().put("response_id", id).put("output_index", index);
    event.set("item", item);
    outbox.send("response.output_item.done", event);
    if (items != null) {
      items.put(item.path("id").asText().equals(lastMessage) && said != null ? said : item);
      ObjectNode inConversation = Json.object();
      inConversation.set("item", item);
      outbox.send("conversation.item.done", inConversation);
    }
  }

  private ObjectNode inItem(String itemId, int index) {
    return Json.object().put("response_id", id).put("item_id", itemId).put("output_index", index);
  }

  private ObjectNode inPart() {
    return inItem(String.valueOf(lastMessage), output.size()).put("content_index", 0);
  }

  private ObjectNode toJson(String status, @Nullable ObjectNode details, @Nullable Done done) {
    ObjectNode json =
        Json.object()
            .put("object", "realtime.response")
            .put("id", id)
            .put("status", status)
            .put("conversation_id", conversationId);
    json.set("status_details", details);
    json.set("output", output);
    json.set("metadata", metadata);
    if (outbox.dialect() == Dialect.OLDER) {
      ArrayNode modalities = json.putArray("modalities").add("text");
      if (config.spoken()) {
        modalities.add("audio");
      }
      json.put("output_audio_format", config.output().olderName()).put("voice", config.voice());
    } else {
      json.putArray("output_modalities").add(config.spoken() ? "audio" : "text");
      config.putMost(json, "max_output_tokens");
      ObjectNode out = json.putObject("audio").putObject("output");
      out.set("format", SessionConfig.format(config.output()));
      out.put("voice", config.voice());
    }
    if (done != null) {
      json.set("usage", usage(done));
    }
    return json;
  }

  private static ObjectNode usage(Done done) {
    Statistics statistics = done.statistics();
    int spoken = Math.min(done.codecFrames().size(), statistics.newTokens());
    ObjectNode usage =
        Json.object()
            .put("total_tokens", statistics.promptTokens() + statistics.newTokens())
            .put("input_tokens", statistics.promptTokens())
            .put("output_tokens", statistics.newTokens());
    usage.putObject("input_token_details").put("cached_tokens", statistics.reusedTokens());
    usage
        .putObject("output_token_details")
        .put("text_tokens", statistics.newTokens() - spoken)
        .put("audio_tokens", spoken);
    return usage;
  }
}
