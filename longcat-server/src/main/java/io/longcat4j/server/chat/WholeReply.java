package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.sound.SoundFormat;
import io.longcat4j.server.sound.SpokenOutput;
import io.longcat4j.server.sound.Wav;
import io.longcat4j.server.wire.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A reply that is sent when it is complete. For one thread. */
final class WholeReply implements Model.Reader {
  private final Model model;
  private final ChatRequest request;
  private final SpokenReplies spoken;
  private final StringBuilder text = new StringBuilder();
  private final List<ToolCall> calls = new ArrayList<>();
  private final SpokenOutput output = new SpokenOutput(SoundFormat.PCM16);
  private final ByteArrayOutputStream sound = new ByteArrayOutputStream();
  private @Nullable Done done;

  WholeReply(Model model, ChatRequest request, SpokenReplies spoken) {
    this.model = model;
    this.request = request;
    this.spoken = spoken;
  }

  @Override
  public void next(Event event) {
    if (event instanceof TextDelta words) {
      text.append(words.text());
    } else if (event instanceof ToolCall call) {
      calls.add(call);
    } else if (event instanceof AudioDelta delta) {
      sound.writeBytes(output.next(delta));
    } else if (event instanceof Done end) {
      sound.writeBytes(output.end());
      done = end;
    }
  }

  ObjectNode toJson() {
    Done end = Objects.requireNonNull(done, "a reply ends with Done");
    boolean complete = ReplyJson.finish(end, false).equals("stop");
    if (request.forcedCall() && complete) {
      calls.add(ReplyJson.forced(Ids.next("call_"), text.toString()));
      text.setLength(0);
    }
    ObjectNode choice = Json.object().put("index", 0);
    choice.set("message", message());
    if (end.logprobs().isEmpty()) {
      choice.putNull("logprobs");
    } else {
      choice.set("logprobs", ReplyJson.logprobs(end.logprobs()));
    }
    choice.put("finish_reason", ReplyJson.finish(end, !calls.isEmpty()));
    ObjectNode json =
        Json.object()
            .put("id", Ids.next("chatcmpl-"))
            .put("object", "chat.completion")
            .put("created", model.seconds())
            .put("model", model.name());
    json.putArray("choices").add(choice);
    json.set("usage", ReplyJson.usage(end));
    return json;
  }

  private ObjectNode message() {
    ObjectNode message = Json.object().put("role", "assistant");
    boolean written = request.soundFormat().isEmpty() && !(text.isEmpty() && !calls.isEmpty());
    message.put("content", written ? text.toString() : null).putNull("refusal");
    if (!calls.isEmpty()) {
      var list = message.putArray("tool_calls");
      calls.forEach(call -> list.add(ReplyJson.call(call)));
    }
    if (request.soundFormat().isPresent()) {
      String id = Ids.next("audio_");
      spoken.keep(id, text.toString());
      message
          .putObject("audio")
          .put("id", id)
          .put("expires_at", model.seconds() + SpokenReplies.LIFETIME_SECONDS)
          .put("data", Base64.getEncoder().encodeToString(file()))
          .put("transcript", text.toString());
    }
    return message;
  }

  private byte[] file() {
    byte[] pcm = sound.toByteArray();
    return request.soundFormat().orElseThrow().equals("wav")
        ? Wav.of(pcm, SoundFormat.PCM16.sampleRateHz())
        : pcm;
  }
}
