package io.longcat4j.springai;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Reply;
import io.longcat4j.Speech;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.ToolCall;
import io.longcat4j.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeType;

/** Replies as Spring AI has them. For one reply. */
final class Responses {
  private final String id = UUID.randomUUID().toString();
  private final String modelName;
  private final StringBuilder text = new StringBuilder();
  private final List<AssistantMessage.ToolCall> calls = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private @Nullable ChatResponse whole;

  Responses(String modelName) {
    this.modelName = modelName;
  }

  ChatResponse of(Reply reply) {
    AssistantMessage.Builder<?> message =
        AssistantMessage.builder()
            .content(reply.text())
            .toolCalls(reply.toolCalls().stream().map(Responses::call).toList());
    reply.speech().ifPresent(speech -> message.media(List.of(wav(speech))));
    return response(
        message.build(),
        reply.finishReason(),
        reply.statistics(),
        reply.logprobs(),
        reply.warnings());
  }

  /** What an event adds. */
  ChatResponse of(Event event) {
    if (event instanceof TextDelta words) {
      text.append(words.text());
      return piece(AssistantMessage.builder().content(words.text()));
    }
    if (event instanceof AudioDelta sound) {
      return piece(AssistantMessage.builder().content("").media(List.of(pcm(sound))));
    }
    if (event instanceof ToolCall call) {
      calls.add(call(call));
      return piece(AssistantMessage.builder().content("").toolCalls(List.of(call(call))));
    }
    if (event instanceof Warning warning) {
      warnings.add(warning.message());
      return piece(
          AssistantMessage.builder()
              .content("")
              .properties(Map.of(LongCatChatModel.WARNING, warning.message())));
    }
    Done done = (Done) event;
    whole = end(done, AssistantMessage.builder().content(text.toString()).toolCalls(calls).build());
    return end(done, AssistantMessage.builder().content("").build());
  }

  /** All that was told, once it is over; null before. */
  @Nullable ChatResponse whole() {
    return whole;
  }

  private ChatResponse end(Done done, AssistantMessage message) {
    return response(message, done.finishReason(), done.statistics(), done.logprobs(), warnings);
  }

  private ChatResponse piece(AssistantMessage.Builder<?> message) {
    return new ChatResponse(
        List.of(new Generation(message.build())),
        ChatResponseMetadata.builder().id(id).model(modelName).build());
  }

  private ChatResponse response(
      AssistantMessage message,
      FinishReason reason,
      Statistics statistics,
      List<TokenLogprobs> logprobs,
      List<String> warned) {
    boolean called = message.hasToolCalls() || !calls.isEmpty();
    String finish = called ? "TOOL_CALLS" : reason == FinishReason.LENGTH ? "LENGTH" : "STOP";
    ChatResponseMetadata.Builder metadata =
        ChatResponseMetadata.builder()
            .id(id)
            .model(modelName)
            .usage(
                new DefaultUsage(
                    statistics.promptTokens(),
                    statistics.newTokens(),
                    statistics.promptTokens() + statistics.newTokens(),
                    statistics,
                    (long) statistics.reusedTokens(),
                    null));
    if (!logprobs.isEmpty()) {
      metadata.keyValue(LongCatChatModel.LOGPROBS, logprobs);
    }
    if (!warned.isEmpty()) {
      metadata.keyValue(LongCatChatModel.WARNINGS, List.copyOf(warned));
    }
    return new ChatResponse(
        List.of(
            new Generation(message, ChatGenerationMetadata.builder().finishReason(finish).build())),
        metadata.build());
  }

  private static AssistantMessage.ToolCall call(ToolCall call) {
    return new AssistantMessage.ToolCall(call.id(), "function", call.name(), call.arguments());
  }

  private static Media wav(Speech speech) {
    return Media.builder().mimeType(new MimeType("audio", "wav")).data(speech.toWav()).build();
  }

  private static Media pcm(AudioDelta sound) {
    Map<String, String> parameters = Map.of("rate", Integer.toString(sound.sampleRateHz()));
    return Media.builder()
        .mimeType(new MimeType("audio", "pcm", parameters))
        .data(sound.toPcm16())
        .build();
  }
}
