package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Samples;
import io.longcat4j.SpeechStopped;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the person of a conversation says: turns of speech become events and items, and are written
 * down where that is wanted. Not thread-safe.
 */
final class PersonTurns {

  /** Has a turn written down. */
  interface Transcription {
    void of(String itemId, Samples sound);
  }

  private final Outbox outbox;
  private final Items items;
  private final Transcription transcription;
  private @Nullable String speaking;
  private Duration began = Duration.ZERO;

  PersonTurns(Outbox outbox, Items items, Transcription transcription) {
    this.outbox = outbox;
    this.items = items;
    this.transcription = transcription;
  }

  boolean isSpeaking() {
    return speaking != null;
  }

  /** Nothing of what is being said counts. */
  void forget() {
    speaking = null;
  }

  void started(Duration at, Turns rules) {
    String itemId = Items.newId();
    speaking = itemId;
    Duration padding = rules.detection().padding();
    began = at.compareTo(padding) > 0 ? at.minus(padding) : Duration.ZERO;
    outbox.send(
        "input_audio_buffer.speech_started",
        Json.object().put("audio_start_ms", began.toMillis()).put("item_id", itemId));
  }

  void stopped(SpeechStopped event, InputSound input, SessionConfig config) {
    String itemId = speaking;
    speaking = null;
    if (itemId == null || event.cleared()) {
      return;
    }
    outbox.send(
        "input_audio_buffer.speech_stopped",
        Json.object().put("audio_end_ms", event.at().toMillis()).put("item_id", itemId));
    heard(itemId, input.cut(began, event.at()), config);
  }

  /** Nobody said anything for as long as was agreed; the silence becomes an item. */
  Samples silent(Idle.Silence silence, InputSound input) {
    String itemId = Items.newId();
    outbox.send(
        "input_audio_buffer.timeout_triggered",
        Json.object()
            .put("audio_start_ms", silence.from().toMillis())
            .put("audio_end_ms", silence.to().toMillis())
            .put("item_id", itemId));
    Samples sound = input.cut(silence.heardFrom(), silence.to());
    committed(itemId, sound); // Not written down: whoever has to write something down hears it.
    return sound;
  }

  /** A turn of the person becomes an item. */
  void heard(String itemId, Samples sound, SessionConfig config) {
    committed(itemId, sound);
    if (config.transcription().isPresent()) {
      transcription.of(itemId, sound);
    }
  }

  private void committed(String itemId, Samples sound) {
    outbox.send(
        "input_audio_buffer.committed",
        Json.object().put("previous_item_id", items.last()).put("item_id", itemId));
    ObjectNode item = Items.message(itemId, "user", "completed");
    item.withArray("content").addObject().put("type", "input_audio").putNull("transcript");
    items.keepSound(itemId, sound);
    tell(item);
  }

  /** Adds an item that is complete. */
  void tell(ObjectNode item) {
    ObjectNode event = Json.object().put("previous_item_id", items.put(item));
    event.set("item", item);
    outbox.send("conversation.item.added", event);
    ObjectNode done = Json.object();
    done.set("item", item);
    outbox.send("conversation.item.done", done);
  }
}
