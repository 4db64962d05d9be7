package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Audio;
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
import java.util.List;
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

  private final Model model;
  private final Outbox outbox;
  private final SideRequests aside;
  private final String id = Ids.next("sess_");
  private final String conversationId = Ids.next("conv_");
  private final Items items = new Items();
  private final HeldSound held = new HeldSound();
  private final PersonTurns person;
  private final Responses responses;
  private final Idle idle = new Idle();
  private SessionConfig config = SessionConfig.defaults();
  private @Nullable Session session;
  private @Nullable InputSound input;
  private boolean draining;
  private boolean closed;

  RealtimeConversation(Model model, Outbox outbox, SideRequests aside) {
    this.model = model;
    this.outbox = outbox;
    this.aside = aside;
    this.person =
        new PersonTurns(
            outbox, items, (itemId, sound) -> aside.transcribe(this, outbox, itemId, sound));
    this.responses = new Responses(outbox, items, conversationId);
  }

  synchronized void begin() {
    tellSession("session.created");
    if (outbox.dialect() == Dialect.OLDER) {
      ObjectNode event = Json.object();
      ObjectNode about = event.putObject("conversation").put("id", conversationId);
      about.put("object", "realtime.conversation");
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
      held.drop();
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
        held.add(samples, input().sampleRateHz());
        return;
      }
      if (!person.isSpeaking() && !responses.isActive()) {
        config
            .turns()
            .flatMap(Turns::idleTimeout)
            .flatMap(timeout -> idle.goesOn(input().length(), timeout))
            .ifPresent(silence -> encourage(open, silence));
      }
    }
    open.write(samples);
  }

  /** By push-to-talk a session is interrupted by sound; clients mean to be heard at the commit. */
  private boolean isHeld() {
    return config.turns().isEmpty() && (responses.isActive() || !held.isEmpty());
  }

  /** Has the model go on where the person says nothing. */
  private void encourage(Session open, Idle.Silence silence) {
    open.add(Audio.of(person.silent(silence, input())));
    responses.ask(open, new Responses.Request(config, NullNode.getInstance(), /* others= */ false));
  }

  /** Where turns are detected, the end of speech tells what was committed. */
  synchronized void commit() {
    boolean detected = config.turns().isPresent();
    Duration said = input == null ? Duration.ZERO : input.sinceTurn();
    if (detected ? !person.isSpeaking() : said.compareTo(LEAST_TURN) < 0) {
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
      person.heard(Items.newId(), input().endTurn(), config);
      held.writeTo(open);
    }
    open.commit();
  }

  synchronized void clear() {
    if (session != null) {
      session.clear();
      input().clearTurn();
      held.drop();
    }
    person.forget();
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
    person.tell(item);
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
    person.tell(item);
  }

  synchronized void delete(String itemId) {
    items.require(itemId, "item_id");
    List<Message> left = items.messagesWithout(itemId);
    open().restore(left);
    items.remove(itemId);
    outbox.send("conversation.item.deleted", Json.object().put("item_id", itemId));
  }

  /** Keeps a tool's result until the model is asked to go on. */
  synchronized void result(ObjectNode item, String callId, String output) {
    responses.keepResult(callId, output);
    person.tell(item);
  }

  synchronized Items items() {
    return items;
  }

  synchronized SessionConfig config() {
    return config;
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
    responses.truncate(session, itemId, heard);
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
      aside.respond(items, outbox, once, metadata, wanted);
      return;
    }
    responses.requireNone();
    if (wanted.has("input")) {
      throw ApiException.unsupported(
          wanted.at("input"), "input needs \"conversation\": \"none\" beside it");
    }
    Session open = open();
    boolean others = wanted.has("instructions") || wanted.has("tools");
    if (others) {
      open.update(once.options(input().sampleRateHz()));
    }
    responses.ask(open, new Responses.Request(once, metadata, others));
  }

  synchronized void cancel(Optional<String> responseId) {
    responses.cancel(session, responseId);
  }

  /** Stops what is being said, if anything is. */
  synchronized void hush() {
    responses.hush(session);
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
    if (event instanceof SpeechStarted started) {
      idle.stop();
      config.turns().ifPresent(rules -> person.started(started.at(), rules));
    } else if (event instanceof SpeechStopped stopped) {
      person.stopped(stopped, input(), config);
    } else if (event instanceof TurnStarted started) {
      idle.stop();
      begin(started.turn());
    } else if (event instanceof Interrupted interrupted) {
      responses.interrupted(interrupted);
    } else if (event instanceof Warning warning) {
      responses.refused();
      LOG.info("Session {}: {}", id, warning.message());
    } else if (event instanceof SessionClosed) {
      outbox.close(1000, "the session is over");
    } else {
      said(event);
    }
  }

  private void begin(int turn) {
    boolean others = responses.begin(turn, config);
    if (others && session != null) {
      session.update(config.options(input().sampleRateHz()));
    }
  }

  private void said(SessionEvent event) {
    responses.said(event);
    if (event instanceof AudioDelta sound) {
      idle.says(sound);
    } else if (event instanceof TurnDone) {
      idle.replied(input().length());
      if (draining) {
        outbox.close(1001, "the server is closing");
      }
    }
  }

  /** What was written down of an item, which it shows from now on. */
  synchronized void transcribed(String itemId, String words) {
    items.transcribed(itemId, words);
  }

  /** Ends the conversation after the reply that is being made. */
  synchronized void drain() {
    draining = true;
    if (!responses.isActive()) {
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
