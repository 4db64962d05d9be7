package io.longcat4j.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.Samples;
import io.longcat4j.SessionEvent;
import io.longcat4j.SpeechStarted;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A session over a WebSocket, in the protocol that OpenAI's clients speak. */
final class FarTalk implements Talk, WebSocket.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HeardEvents events = new HeardEvents();
  private final StringBuilder message = new StringBuilder();
  private final CompletableFuture<Void> created = new CompletableFuture<>();
  private final WebSocket socket;
  private final LiveMicrophone microphone;
  private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
  private int turns;

  private FarTalk(URI server, TurnDetection rules, Pace pace) {
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://" + server.getRawAuthority() + "/v1/realtime?model=longcat"), this)
            .join();
    created.join();
    send(update(rules));
    this.microphone = LiveMicrophone.open(this::append, pace);
  }

  static Talk open(URI server, TurnDetection rules, Pace pace) {
    return new FarTalk(server, rules, pace);
  }

  private static ObjectNode update(TurnDetection rules) {
    ObjectNode update = JSON.createObjectNode().put("type", "session.update");
    ObjectNode session = update.putObject("session").put("type", "realtime");
    session
        .putObject("audio")
        .putObject("input")
        .putObject("turn_detection")
        .put("type", "server_vad")
        .put("threshold", rules.threshold())
        .put("silence_duration_ms", rules.silence().toMillis());
    return update;
  }

  private void append(float[] samples) {
    ByteBuffer pcm = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      pcm.putShort((short) Math.max(-32768, Math.min(32767, Math.round(32768 * sample))));
    }
    send(
        JSON.createObjectNode()
            .put("type", "input_audio_buffer.append")
            .put("audio", Base64.getEncoder().encodeToString(pcm.array())));
  }

  /** One after the other: a WebSocket takes no message before the last one is on its way. */
  private synchronized void send(ObjectNode event) {
    String text = event.toString();
    sent = sent.thenCompose(before -> socket.sendText(text, true));
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    long now = System.nanoTime();
    message.append(data);
    if (last) {
      try {
        note(JSON.readTree(message.toString()), now);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
      message.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  private void note(JsonNode event, long now) {
    switch (event.path("type").asText()) {
      case "session.created" -> created.complete(null);
      case "input_audio_buffer.speech_started" ->
          note(new SpeechStarted(Duration.ofMillis(event.path("audio_start_ms").asLong())), now);
      case "response.created" -> note(new TurnStarted(++turns, true), now);
      case "response.output_audio.delta" ->
          note(new AudioDelta(new Samples(new float[0], 1), 0, 0, 0), now);
      case "response.done" -> {
        boolean whole = event.path("response").path("status").asText().equals("completed");
        note(
            new TurnDone(
                turns,
                whole ? TurnDone.End.COMPLETE : TurnDone.End.INTERRUPTED,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            now);
      }
      case "error" -> throw new IllegalStateException(event.toString());
      default -> {}
    }
  }

  private void note(SessionEvent event, long now) {
    events.note(event, now);
  }

  @Override
  public LiveMicrophone microphone() {
    return microphone;
  }

  @Override
  public HeardEvents events() {
    return events;
  }

  @Override
  public void write(String text) {
    ObjectNode create = JSON.createObjectNode().put("type", "conversation.item.create");
    create
        .putObject("item")
        .put("type", "message")
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "input_text")
        .put("text", text);
    for (ObjectNode event :
        List.of(create, JSON.createObjectNode().put("type", "response.create"))) {
      send(event);
    }
  }

  /** A client tells only what was not heard. */
  @Override
  public void heardAll() {}

  @Override
  public void close() {
    microphone.close();
    socket.abort();
  }
}
