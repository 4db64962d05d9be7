package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.server.http.EventWriter;
import io.longcat4j.server.http.Exchange;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.sound.SoundFormat;
import io.longcat4j.server.sound.SpokenOutput;
import io.longcat4j.server.wire.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reply that is sent bit by bit. The response begins with the first event, so that what fails
 * before has a status of its own. For one thread.
 */
final class StreamedReply implements Model.Reader {
  private final Model model;
  private final ChatRequest request;
  private final Exchange exchange;
  private final SpokenReplies spoken;
  private final String id = Ids.next("chatcmpl-");
  private final String soundId = Ids.next("audio_");
  private final long created;
  private final StringBuilder text = new StringBuilder();
  private final SpokenOutput output = new SpokenOutput(SoundFormat.PCM16);
  private @Nullable EventWriter writer;
  private @Nullable Done done;
  private int calls;

  StreamedReply(Model model, ChatRequest request, Exchange exchange, SpokenReplies spoken) {
    this.model = model;
    this.request = request;
    this.exchange = exchange;
    this.spoken = spoken;
    this.created = model.seconds();
  }

  @Override
  public void next(Event event) throws IOException {
    if (event instanceof TextDelta words) {
      text.append(words.text());
      if (request.soundFormat().isPresent()) {
        sendSound("transcript", words.text());
      } else if (!request.forcedCall()) {
        send(Json.object().put("content", words.text()));
      }
    } else if (event instanceof AudioDelta delta) {
      sendSound(output.next(delta));
    } else if (event instanceof ToolCall call) {
      send(call);
    } else if (event instanceof Done end) {
      sendSound(output.end());
      done = end;
    }
  }

  void end() throws IOException {
    Done end = Objects.requireNonNull(done, "a reply ends with Done");
    if (request.forcedCall() && ReplyJson.finish(end, false).equals("stop")) {
      send(ReplyJson.forced(Ids.next("call_"), text.toString()));
    }
    if (request.soundFormat().isPresent()) {
      spoken.keep(soundId, text.toString());
      ObjectNode audio = Json.object();
      audio
          .putObject("audio")
          .put("id", soundId)
          .put("expires_at", model.seconds() + SpokenReplies.LIFETIME_SECONDS);
      send(audio);
    }
    if (!end.logprobs().isEmpty()) {
      ObjectNode chunk = chunk(Json.object(), null);
      ((ObjectNode) chunk.path("choices").path(0))
          .set("logprobs", ReplyJson.logprobs(end.logprobs()));
      writer().send(chunk);
    }
    writer().send(chunk(Json.object(), ReplyJson.finish(end, calls > 0)));
    if (request.usageWanted()) {
      ObjectNode chunk = head();
      chunk.putArray("choices");
      chunk.set("usage", ReplyJson.usage(end));
      writer().send(chunk);
    }
    writer().end();
  }

  private void send(ToolCall call) throws IOException {
    ObjectNode delta = Json.object();
    delta.putArray("tool_calls").add(ReplyJson.call(call).put("index", calls));
    calls++;
    send(delta);
  }

  private void sendSound(byte[] pcm) throws IOException {
    if (pcm.length > 0) {
      sendSound("data", Base64.getEncoder().encodeToString(pcm));
    }
  }

  private void sendSound(String name, String value) throws IOException {
    ObjectNode delta = Json.object();
    delta.putObject("audio").put("id", soundId).put(name, value);
    send(delta);
  }

  private void send(ObjectNode delta) throws IOException {
    writer().send(chunk(delta, null));
  }

  private EventWriter writer() throws IOException {
    EventWriter begun = writer;
    if (begun == null) {
      begun = exchange.events();
      writer = begun;
      ObjectNode delta = Json.object().put("role", "assistant");
      if (request.soundFormat().isEmpty() && !request.forcedCall()) {
        delta.put("content", "");
      }
      begun.send(chunk(delta, null));
    }
    return begun;
  }

  private ObjectNode chunk(ObjectNode delta, @Nullable String finish) {
    ObjectNode choice = Json.object().put("index", 0);
    choice.set("delta", delta);
    choice.putNull("logprobs").put("finish_reason", finish);
    ObjectNode chunk = head();
    chunk.putArray("choices").add(choice);
    if (request.usageWanted()) {
      chunk.putNull("usage");
    }
    return chunk;
  }

  private ObjectNode head() {
    return Json.object()
        .put("id", id)
        .put("object", "chat.completion.chunk")
        .put("created", created)
        .put("model", model.name());
  }
}
