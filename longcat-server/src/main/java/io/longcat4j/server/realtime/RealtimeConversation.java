package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCatException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Samples;
import io.longcat4j.Session;
import io.longcat4j.SessionClosed;
import io.longcat4j.SessionEvent;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.Warning;
import io.longcat4j.server.chat.Ids;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.wire.ApiError;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation: what it asks for goes to a {@link Session}, what happens there comes
 * back as events. Thread-safe: commands come from the connection's thread, events from one of its
 * own; sound is written outside the lock, because it may wait.
 *
 * <p>The session is opened when the first thing is said, so that its rate can still be chosen.
 */
final class RealtimeConversation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RealtimeConversation.class);
  private static final Duration LEAST_TURN = Duration.ofMillis(100);

  private static final int MOST_HELD_SECONDS = 120;

  private final Model model;
  private final Outbox outbox;
  private final SideRequests aside;
  private final String id = Ids.next("sess_");
  private final String conversationId = Ids.next("conv_");
  private final Items items = new Items();
  private final List<float[]> held = new ArrayList<>();
  private long heldSamples;
  private final Map<String, String> results = new LinkedHashMap<>();
  private SessionConfig config = SessionConfig.defaults();
  private @Nullable Session session;
  private @Nullable InputSound input;
  private @Nullable OpenResponse response;
  private @Nullable OpenResponse lastResponse;
  private @Nullable SessionConfig nextConfig;
  private JsonNode nextMetadata = NullNode.getInstance();
  private @Nullable String speaking;
  private Duration speechBegan = Duration.ZERO;
  private boolean requested;
  private boolean otherOnce;
  private boolean cancelled;
  private boolean draining;
  private boolean closed;

  RealtimeConversation(Model model, Outbox outbox, SideRequests aside) {
    this.model = model;
    this.outbox = outbox;
    this.aside = aside;
  }

  synchronized void begin() {
    tellSession("session.created");
    if (outbox.dialect() == Dialect.OLDER) {
      ObjectNode event = Json.object();
      event
          .putObject("conversation")
          .put("id", conversationId)
          .put("object", "realtime.conversation");
      outbox.send("conversation.created", event);
    }
  }

  private void tellSession(String type) {
    ObjectNode event = Json.object();
    event.set("session", config.toJson(outbox.dialect(), id, model.name()));
    outbox.send(type, event);
  }

  synchronized void update(Fields wanted) {
    SessionConfig changed = ConfigReader.session(config, wanted);
    if (session != null) {
      session.update(changed.options(input().sampleRateHz()));
    }
    if (input != null && config.turns().isPresent() && changed.turns().isEmpty()) {
      input.clearTurn();
    }
    if (changed.turns().isPresent()) {
      dropHeld();
    }
    config = changed;
    tellSession("session.updated");
  }

  void append(byte[] bytes) {
    Session open;
    float[] samples;
    synchronized (this) {
      open = open();
      if (bytes.length % config.input().bytesPerSample() != 0) {
        throw ApiException.invalid(
            "audio",
            "audio must be whole samples of " + config.input().bytesPerSample() + " bytes");
      }
      samples = input().next(config.input(), bytes);
      if (isHeld()) {
        hold(samples);
        return;
      }
    }
    open.write(samples);
  }

  /** By push-to-talk a session is interrupted by sound; clients mean to be heard at the commit. */
  private boolean isHeld() {
    return config.turns().isEmpty() && (response != null || requested || !held.isEmpty());
  }

  private void hold(float[] samples) {
    heldSamples += samples.length;
    if (heldSamples > MOST_HELD_SECONDS * (long) input().sampleRateHz()) {
      dropHeld();
      throw ApiException.invalid(
          "audio", "More than " + MOST_HELD_SECONDS + " s wait for a commit; they are dropped");
    }
    held.add(samples);
  }

  private void dropHeld() {
    held.clear();
    heldSamples = 0;
  }

  /** Where turns are detected, the end of speech tells what was committed. */
  synchronized void commit() {
    boolean detected = config.turns().isPresent();
    Duration said = input == null ? Duration.ZERO : input.sinceTurn();
    if (detected ? speaking == null : said.compareTo(LEAST_TURN) < 0) {
      throw ApiException.of(
          400,
          "input_audio_buffer_commit_empty",
          "There is nothing to commit: "
              + (detected
                  ? "nobody has begun to speak"
                  : "the buffer holds " + said.toMillis() + " ms; append at least 100 ms"));
    }
    Session open = open();
    if (!detected) {
      heard(Items.newId(), input().endTurn());
      held.forEach(open::write);
      dropHeld();
    }
    open.commit();
  }

  synchronized void clear() {
    if (session != null) {
      session.clear();
      input().clearTurn();
      dropHeld();
    }
    speaking = null;
    outbox.send("input_audio_buffer.cleared", Json.object());
  }

  void show(Image frame, Optional<Duration> at) {
    Session open;
    Duration time;
    synchronized (this) {
      open = open();
      time = at.orElseGet(() -> input().length());
    }
    open.show(frame, time);
  }

  /** Takes what a client says or shows without speaking. */
  synchronized void add(ObjectNode item, Part... parts) {
    if (parts.length > 0) {
      open().add(parts);
      items.keepParts(item.path("id").asText(), parts);
    }
    tellItem(item);
  }

  /** Takes an item of a conversation that was held elsewhere. */
  synchronized void addEarlier(ObjectNode item) {
    String itemId = item.path("id").asText();
    Session open = open();
    items.put(item);
    try {
      open.restore(items.messages());
    } catch (LongCatException e) {
      items.remove(itemId);
      throw e;
    }
    items.remove(itemId);
    tellItem(item);
  }

  synchronized void delete(String itemId) {
    items.require(itemId, "item_id");
    List<Message> left = items.messagesWithout(itemId);
    open().restore(left);
    items.remove(itemId);
    outbox.send("conversation.item.deleted", Json.object().put("item_id", itemId));
  }

  private void tellItem(ObjectNode item) {
    ObjectNode event = Json.object().put("previous_item_id", items.put(item));
    event.set("item", item);
    outbox.send("conversation.item.added", event);
    ObjectNode done = Json.object();
    done.set("item", item);
    outbox.send("conversation.item.done", done);
  }

  /** Keeps a tool's result until the model is asked to go on. */
  synchronized void result(ObjectNode item, String callId, String output) {
    results.put(callId, output);
    tellItem(item);
  }

  synchronized Items items() {
    return items;
  }

  SessionConfig config() {
    synchronized (this) {
      return config;
    }
  }

  synchronized void retrieve(String itemId) {
    ObjectNode item = items.require(itemId, "item_id").deepCopy();
    Optional<Samples> sound = items.sound(itemId);
    if (sound.isPresent() && item.path("content").path(0) instanceof ObjectNode part) {
      part.put("audio", Sounds.encode(sound.get(), config.input()));
    }
    ObjectNode event = Json.object();
    event.set("item", item);
    outbox.send("conversation.item.retrieved", event);
  }

  synchronized void truncate(String itemId, Duration heard) {
    items.require(itemId, "item_id");
    OpenResponse last = response == null ? lastResponse : response;
    if (session == null || last == null || !itemId.equals(last.lastMessage())) {
      throw ApiException.invalid("item_id", "Only the last spoken reply can be truncated");
    }
    session.truncate(last.turn(), heard);
    last.truncated(heard);
  }

  synchronized void played(Duration heard) {
    if (session != null) {
      session.played(heard);
    }
  }

  synchronized void respond(Fields wanted) {
    SessionConfig once = ConfigReader.response(config, wanted);
    JsonNode metadata = wanted.value("metadata").orElse(NullNode.getInstance());
    if (wanted.text("conversation").orElse("auto").equals("none")) {
      aside.respond(this, outbox, once, metadata, wanted);
      return;
    }
    if (response != null || requested) {
      throw ApiException.of(
          400,
          "conversation_already_has_active_response",
          "A response is being made; wait for its response.done, or cancel it");
    }
    if (wanted.has("input")) {
      throw ApiException.unsupported(
          wanted.at("input"), "input needs \"conversation\": \"none\" beside it");
    }
    Session open = open();
    boolean other = wanted.has("instructions") || wanted.has("tools");
    if (other) {
      open.update(once.options(input().sampleRateHz()));
    }
    nextConfig = once;
    nextMetadata = metadata;
    requested = true;
    otherOnce = other;
    try {
      Map<String, String> given = new LinkedHashMap<>(results);
      results.clear();
      given.forEach(open::toolResult);
      open.respond(once.generation());
    } catch (LongCatException e) {
      requested = false;
      throw e;
    }
  }

  synchronized void cancel(Optional<String> responseId) {
    boolean active = response != null && responseId.map(response.id()::equals).orElse(true);
    if (session == null || !active) {
      throw ApiException.of(400, "response_cancel_not_active", "No such response is being made");
    }
    cancelled = true;
    session.interrupt();
  }

  /** Stops what is being said, if anything is. */
  synchronized void hush() {
    if (session != null) {
      cancelled = response != null;
      session.interrupt();
    }
  }

  /** Tells the client that one of its events, or something else, went wrong. */
  void error(Throwable failure, @Nullable String eventId) {
    ObjectNode event = Json.object();
    event.set("error", ApiError.of(failure).toInner().put("event_id", eventId));
    outbox.send("error", event);
  }

  private InputSound input() {
    if (input == null) {
      input = new InputSound(config.input());
    }
    return input;
  }

  private Session open() {
    Session open = session;
    if (closed) {
      throw new GenerationCancelledException("The connection is closed");
    }
    if (open == null) {
      open = model.longcat().session(config.options(input().sampleRateHz()));
      session = open;
      Thread reader = new Thread(this::read, "longcat-realtime-" + id);
      reader.setDaemon(true);
      reader.start();
    }
    return open;
  }

  private void read() {
    try {
      for (SessionEvent event : sessionOf().events()) {
        if (!outbox.awaitRoom()) {
          break;
        }
        happened(event);
      }
    } catch (GenerationCancelledException e) {
      LOG.debug("A session was closed", e);
    } catch (LongCatException e) {
      error(e, null);
      outbox.close(1011, "the session failed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("A realtime session failed by a defect of this program", e);
      error(e, null);
      outbox.close(1011, "the server failed");
    } finally {
      close();
    }
  }

  private synchronized Session sessionOf() {
    return java.util.Objects.requireNonNull(session, "read after it was opened");
  }

  private synchronized void happened(SessionEvent event) {
    OpenResponse current = response;
    if (event instanceof SpeechStarted started) {
      speechStarted(started.at());
    } else if (event instanceof SpeechStopped stopped) {
      speechStopped(stopped);
    } else if (event instanceof TurnStarted started) {
      turnStarted(started.turn());
    } else if (event instanceof Interrupted interrupted) {
      interrupted(interrupted);
    } else if (event instanceof Warning warning) {
      requested = false;
      LOG.info("Session {}: {}", id, warning.message());
    } else if (event instanceof SessionClosed) {
      outbox.close(1000, "the session is over");
    } else if (current != null) {
      said(current, event);
    }
  }

  private void said(OpenResponse current, SessionEvent event) {
    if (event instanceof TextDelta words) {
      current.words(words.text());
    } else if (event instanceof AudioDelta sound) {
      current.sound(sound);
    } else if (event instanceof ToolCall call) {
      current.call(call);
    } else if (event instanceof TurnDone done) {
      turnDone(current, done);
    }
  }

  private void speechStarted(Duration at) {
    if (config.turns().isEmpty()) {
      return;
    }
    String itemId = Items.newId();
    speaking = itemId;
    Duration padding = config.turns().get().detection().padding();
    speechBegan = at.compareTo(padding) > 0 ? at.minus(padding) : Duration.ZERO;
    outbox.send(
        "input_audio_buffer.speech_started",
        Json.object().put("audio_start_ms", speechBegan.toMillis()).put("item_id", itemId));
  }

  private void speechStopped(SpeechStopped event) {
    String itemId = speaking;
    speaking = null;
    if (itemId == null || event.cleared()) {
      return;
    }
    Duration at = event.at();
    outbox.send(
        "input_audio_buffer.speech_stopped",
        Json.object().put("audio_end_ms", at.toMillis()).put("item_id", itemId));
    heard(itemId, input().cut(speechBegan, at));
  }

  /** A turn of the person becomes an item. */
  private void heard(String itemId, Samples sound) {
    outbox.send(
        "input_audio_buffer.committed",
        Json.object().put("previous_item_id", items.last()).put("item_id", itemId));
    ObjectNode item = Items.message(itemId, "user", "completed");
    item.withArray("content").addObject().put("type", "input_audio").putNull("transcript");
    items.keepSound(itemId, sound);
    tellItem(item);
    if (config.transcription().isPresent()) {
      aside.transcribe(this, outbox, itemId, sound);
    }
  }

  /** What was written down of an item, which it shows from now on. */
  synchronized void transcribed(String itemId, String words) {
    if (items.has(itemId)
        && items.require(itemId, "item_id").path("content").path(0) instanceof ObjectNode part) {
      part.put("transcript", words);
    }
  }

  private void turnStarted(int turn) {
    if (otherOnce && session != null) {
      session.update(config.options(input().sampleRateHz()));
    }
    otherOnce = false;
    SessionConfig used = requested && nextConfig != null ? nextConfig : config;
    OpenResponse begun =
        new OpenResponse(
            outbox,
            used,
            turn,
            items,
            conversationId,
            requested ? nextMetadata : NullNode.getInstance());
    requested = false;
    nextConfig = null;
    response = begun;
    begun.begin();
  }

  private void interrupted(Interrupted event) {
    OpenResponse cut = response == null ? lastResponse : response;
    if (cut != null) {
      cut.cut(event.text());
      cut.truncated(event.heard());
    }
  }

  private void turnDone(OpenResponse current, TurnDone done) {
    switch (done.end()) {
      case COMPLETE -> current.completed(done.done().orElseThrow());
      case INTERRUPTED -> current.cancelled(!cancelled, done.done());
      case FAILED ->
          current.failed(done.failure().orElseGet(() -> new LongCatException("The reply failed")));
    }
    lastResponse = current;
    response = null;
    cancelled = false;
    if (draining) {
      outbox.close(1001, "the server is closing");
    }
  }

  /** Ends the conversation after the reply that is being made. */
  synchronized void drain() {
    draining = true;
    if (response == null && !requested) {
      outbox.close(1001, "the server is closing");
    }
  }

  @Override
  public void close() {
    Session open;
    synchronized (this) {
      closed = true;
      open = session;
    }
    if (open != null) {
      open.close();
    }
    outbox.end();
  }
}
