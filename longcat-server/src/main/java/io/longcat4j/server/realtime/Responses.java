package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCatException;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.TurnDone;
import io.longcat4j.server.wire.ApiException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The responses of a conversation, one after the other: those that are asked for and those that a
 * session gives by itself. Not thread-safe.
 */
final class Responses {
  private final Outbox outbox;
  private final Items items;
  private final String conversationId;
  private final Map<String, String> results = new LinkedHashMap<>();
  private @Nullable OpenResponse current;
  private @Nullable OpenResponse last;
  private @Nullable Request request;
  private boolean cancelled;

  /**
   * A response that is asked for.
   *
   * @param config its settings
   * @param metadata to be given back
   * @param others whether the session has other instructions or tools for it
   */
  record Request(SessionConfig config, JsonNode metadata, boolean others) {}

  Responses(Outbox outbox, Items items, String conversationId) {
    this.outbox = outbox;
    this.items = items;
    this.conversationId = conversationId;
  }

  /** Whether one is being made, or will be. */
  boolean isActive() {
    return current != null || request != null;
  }

  /** Keeps a tool's result until the model is asked to go on. */
  void keepResult(String callId, String output) {
    results.put(callId, output);
  }

  void requireNone() {
    if (isActive()) {
      throw ApiException.of(
          400,
          "conversation_already_has_active_response",
          "A response is being made; wait for its response.done, or cancel it");
    }
  }

  /** Asks for one. */
  void ask(Session session, Request wanted) {
    request = wanted;
    try {
      Map<String, String> given = new LinkedHashMap<>(results);
      results.clear();
      given.forEach(session::toolResult);
      session.respond(wanted.config().generation());
    } catch (LongCatException e) {
      request = null;
      throw e;
    }
  }

  /** The one that was asked for will not come. */
  void refused() {
    request = null;
  }

  /**
   * One begins.
   *
   * @param turn of the session
   * @param config where it was not asked for
   * @return whether the session has to go back to its own instructions and tools
   */
  boolean begin(int turn, SessionConfig config) {
    Request asked = request;
    request = null;
    SessionConfig used = asked == null ? config : asked.config();
    JsonNode metadata = asked == null ? NullNode.getInstance() : asked.metadata();
    OpenResponse begun = new OpenResponse(outbox, used, turn, items, conversationId, metadata);
    current = begun;
    begun.begin();
    return asked != null && asked.others();
  }

  void said(SessionEvent event) {
    OpenResponse to = current;
    if (to == null) {
      return;
    }
    if (event instanceof TextDelta words) {
      to.words(words.text());
    } else if (event instanceof AudioDelta sound) {
      to.sound(sound);
    } else if (event instanceof ToolCall call) {
      to.call(call);
    } else if (event instanceof TurnDone done) {
      end(to, done);
    }
  }

  private void end(OpenResponse to, TurnDone done) {
    switch (done.end()) {
      case COMPLETE -> to.completed(done.done().orElseThrow());
      case INTERRUPTED -> to.cancelled(!cancelled, done.done());
      case FAILED ->
          to.failed(done.failure().orElseGet(() -> new LongCatException("The reply failed")));
    }
    last = to;
    current = null;
    cancelled = false;
  }

  void interrupted(Interrupted event) {
    OpenResponse cut = current == null ? last : current;
    if (cut != null) {
      cut.cut(event.text());
      cut.truncated(event.heard());
    }
  }

  void truncate(@Nullable Session session, String itemId, Duration heard) {
    items.require(itemId, "item_id");
    OpenResponse spoken = current == null ? last : current;
    if (session == null || spoken == null || !itemId.equals(spoken.lastMessage())) {
      throw ApiException.invalid("item_id", "Only the last spoken reply can be truncated");
    }
    if (heard.toMillis() > spoken.spokenMillis()) {
      throw ApiException.invalid(
          "audio_end_ms",
          "audio_end_ms is "
              + heard.toMillis()
              + ", but only "
              + spoken.spokenMillis()
              + " ms of the item were sent");
    }
    session.truncate(spoken.turn(), heard);
    spoken.truncated(heard);
  }

  void cancel(@Nullable Session session, Optional<String> responseId) {
    OpenResponse active = current;
    boolean known = active != null && responseId.map(active.id()::equals).orElse(true);
    if (session == null || !known) {
      throw ApiException.of(400, "response_cancel_not_active", "No such response is being made");
    }
    cancelled = true;
    session.interrupt();
  }

  /** Stops what is being said, if anything is. */
  void hush(@Nullable Session session) {
    if (session != null) {
      cancelled = current != null;
      session.interrupt();
    }
  }
}
