package io.longcat4j.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Samples;
import io.longcat4j.Speech;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.Warning;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts the events of a reply together to a response. For one thread. */
final class Gathering {
  private final StringBuilder text = new StringBuilder();
  private final List<ToolExecutionRequest> calls = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<Samples> sound = new ArrayList<>();
  private @Nullable Done done;

  void add(Event event) {
    if (event instanceof TextDelta words) {
      text.append(words.text());
    } else if (event instanceof AudioDelta audio) {
      sound.add(audio.samples());
    } else if (event instanceof ToolCall call) {
      calls.add(
          ToolExecutionRequest.builder()
              .id(call.id())
              .name(call.name())
              .arguments(call.arguments())
              .build());
    } else if (event instanceof Warning warning) {
      warnings.add(warning.message());
    } else if (event instanceof Done end) {
      done = end;
    }
  }

  /** The calls so far. */
  List<ToolExecutionRequest> calls() {
    return calls;
  }

  /**
   * Takes the text as a call, which it is unless it was cut.
   *
   * @return whether it is one
   */
  boolean takeTextAsCall() {
    if (end().finishReason() == io.longcat4j.FinishReason.LENGTH) {
      return false;
    }
    calls.add(Schemas.call("call-" + UUID.randomUUID(), text.toString()));
    text.setLength(0);
    return true;
  }

  ChatResponse response(String modelName) {
    Done end = end();
    AiMessage.Builder message =
        AiMessage.builder()
            .text(text.isEmpty() && !calls.isEmpty() ? null : text.toString())
            .toolExecutionRequests(calls);
    if (!sound.isEmpty()) {
      Audio speech = Audio.builder().binaryData(speech().toWav()).mimeType("audio/wav").build();
      message.attributes(Map.of(LongCatChatModel.SPEECH, speech));
    }
    LongCatChatResponseMetadata metadata =
        LongCatChatResponseMetadata.of(end.statistics(), end.logprobs(), warnings)
            .id(UUID.randomUUID().toString())
            .modelName(modelName)
            .tokenUsage(
                new TokenUsage(end.statistics().promptTokens(), end.statistics().newTokens()))
            .finishReason(finishReason(end))
            .build();
    return ChatResponse.builder().aiMessage(message.build()).metadata(metadata).build();
  }

  private Speech speech() {
    FloatBuffer whole = FloatBuffer.allocate(sound.stream().mapToInt(Samples::count).sum());
    sound.forEach(piece -> whole.put(piece.values()));
    return new Speech(new Samples(whole.array(), sound.get(0).sampleRateHz()));
  }

  private FinishReason finishReason(Done end) {
    if (!calls.isEmpty()) {
      return FinishReason.TOOL_EXECUTION;
    }
    return end.finishReason() == io.longcat4j.FinishReason.LENGTH
        ? FinishReason.LENGTH
        : FinishReason.STOP;
  }

  private Done end() {
    return Objects.requireNonNull(done, "a reply ends with Done");
  }
}
