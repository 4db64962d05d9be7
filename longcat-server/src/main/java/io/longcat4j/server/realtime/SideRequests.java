package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Audio;
import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCatException;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.Samples;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.server.http.Admission;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.http.Work;
import io.longcat4j.server.wire.ApiError;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Requests beside the conversation, which it does not notice: responses of no conversation, and
 * what a person said, written down. Thread-safe.
 *
 * @param model answers
 * @param executor its threads wait for the model
 * @param transcriptionRequest how the model is asked to write down
 * @param longest how long one may take
 */
record SideRequests(Model model, Executor executor, String transcriptionRequest, Duration longest) {

  private static final String DELTA = "conversation.item.input_audio_transcription.delta";
  private static final String COMPLETED = "conversation.item.input_audio_transcription.completed";

  void transcribe(RealtimeConversation asked, Outbox outbox, String itemId, Samples sound) {
    executor.execute(
        () -> {
          try {
            model.admit(
                work -> outbox.send(COMPLETED, written(asked, outbox, itemId, sound, work)));
          } catch (LongCatException | IOException e) {
            ObjectNode event = place(itemId);
            event.set("error", ApiError.of(e).toInner());
            outbox.send("conversation.item.input_audio_transcription.failed", event);
          }
        });
  }

  private static ObjectNode place(String itemId) {
    return Json.object().put("item_id", itemId).put("content_index", 0);
  }

  private ObjectNode written(
      RealtimeConversation asked, Outbox outbox, String itemId, Samples sound, Work work) {
    Prompt prompt = Prompt.user(Audio.of(sound), Text.of(transcriptionRequest));
    Generation later = Generation.builder().priority(-1).timeout(longest).build();
    StringBuilder words = new StringBuilder();
    try (ReplyStream stream = work.open(() -> model.longcat().stream(prompt, later))) {
      for (Event event : stream) {
        if (event instanceof TextDelta more) {
          words.append(more.text());
          outbox.send(DELTA, place(itemId).put("delta", more.text()));
        }
      }
    }
    asked.transcribed(itemId, words.toString());
    ObjectNode event = place(itemId).put("transcript", words.toString());
    event
        .putObject("usage")
        .put("type", "duration")
        .put("seconds", (double) sound.count() / sound.sampleRateHz());
    return event;
  }

  /** Answers a prompt of its own, or what a conversation has come to, which it does not change. */
  void respond(Items items, Outbox outbox, SessionConfig once, JsonNode metadata, Fields wanted) {
    List<Message> messages =
        wanted.has("input")
            ? wanted.list(
                "input", (value, place) -> ItemReader.message(Fields.of(value, place), once, items))
            : items.messages();
    if (messages.isEmpty()) {
      throw ApiException.unsupported(
          wanted.at("input"), "There is nothing to answer: pass input, or say something before");
    }
    Prompt.Builder prompt = Prompt.builder();
    once.instructions().filter(text -> !text.isBlank()).ifPresent(prompt::system);
    messages.forEach(prompt::add);
    prompt.tools(once.tools().toArray(new Tool[0]));
    Prompt whole = prompt.build();
    Generation generation = once.generation().toBuilder().timeout(longest).build();
    Work work = new Work();
    Admission.Ticket place = model.requests().enter(work::cancel);
    executor.execute(
        () -> {
          try {
            tell(work, whole, generation, new OpenResponse(outbox, once, 0, null, null, metadata));
          } finally {
            place.close();
          }
        });
  }

  private void tell(Work work, Prompt prompt, Generation generation, OpenResponse response) {
    response.begin();
    try (ReplyStream stream = work.open(() -> model.longcat().stream(prompt, generation))) {
      for (Event event : stream) {
        if (event instanceof TextDelta words) {
          response.words(words.text());
        } else if (event instanceof AudioDelta sound) {
          response.sound(sound);
        } else if (event instanceof ToolCall call) {
          response.call(call);
        } else if (event instanceof Done done) {
          response.completed(done);
        }
      }
    } catch (LongCatException e) {
      response.failed(e);
    }
  }
}
