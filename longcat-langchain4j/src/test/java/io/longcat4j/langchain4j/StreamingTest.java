package io.longcat4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.longcat4j.AudioDelta;
import io.longcat4j.BackendException;
import io.longcat4j.TextDelta;
import io.longcat4j.Warning;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamingTest {
  private static StreamingChatModel model(ScriptedEngine engine) {
    return LongCatStreamingChatModel.builder()
        .longcat(engine.open())
        .defaultRequestParameters(LongCatChatRequestParameters.builder().speech(true).build())
        .executor(Runnable::run)
        .build();
  }

  /** Writes down what it is told. */
  private static class Protocol implements StreamingChatResponseHandler {
    final List<Object> told = new ArrayList<>();

    @Override
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
      told.add(partial.text());
    }

    @Override
    public void onUnmappedRawEvent(Object event) {
      told.add(event);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      told.add(response);
    }

    @Override
    public void onError(Throwable error) {
      told.add(error);
    }
  }

  @Test
  void soundComesBetweenTheWords() {
    Protocol protocol = new Protocol();
    model(ScriptedEngine.saying("one two")).chat("count", protocol);
    assertThat(protocol.told.get(0)).isEqualTo("one ");
    assertThat(protocol.told.get(1))
        .isInstanceOfSatisfying(
            AudioDelta.class,
            sound -> assertThat(sound.toPcm16()).hasSize(2 * ScriptedReply.SAMPLES_A_WORD));
    assertThat(protocol.told.get(2)).isEqualTo("two");
    assertThat(protocol.told.get(4))
        .isInstanceOfSatisfying(
            ChatResponse.class,
            response ->
                assertThat(LongCatChatModel.speech(response.aiMessage()).orElseThrow().binaryData())
                    .hasSize(44 + 4 * ScriptedReply.SAMPLES_A_WORD));
  }

  @Test
  void warningsComeAsTheyAre() {
    Protocol protocol = new Protocol();
    ScriptedEngine engine =
        new ScriptedEngine(
            (prompt, generation) ->
                ScriptedReply.of(new Warning("cut")).failing(new BackendException("NaN")));
    model(engine).chat("hi", protocol);
    assertThat(protocol.told.get(0)).isEqualTo(new Warning("cut"));
    assertThat(protocol.told.get(1))
        .isInstanceOf(InternalServerException.class)
        .hasFieldOrPropertyWithValue("message", "NaN");
    assertThat(protocol.told).hasSize(2);
  }

  @Test
  void nothingIsToldAfterACancellation() {
    ScriptedEngine engine = ScriptedEngine.saying("one two three");
    List<StreamingHandle> handles = new ArrayList<>();
    Protocol protocol =
        new Protocol() {
          @Override
          public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
            super.onPartialResponse(partial, context);
            handles.add(context.streamingHandle());
            context.streamingHandle().cancel();
          }
        };
    model(engine).chat("count", protocol);
    assertThat(protocol.told).containsExactly("one ");
    assertThat(handles.get(0).isCancelled()).isTrue();
    assertThat(engine.replies().get(0).closed()).isDone();
    assertThat(engine.replies().get(0).taken()).isEqualTo(1);
  }

  @Test
  void aReaderWhoWaitsIsFreedByACancellation() {
    ScriptedEngine engine =
        new ScriptedEngine((prompt, generation) -> ScriptedReply.of(new TextDelta("one ")));
    CompletableFuture<StreamingHandle> handle = new CompletableFuture<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Protocol protocol =
        new Protocol() {
          @Override
          public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
            super.onPartialResponse(partial, context);
            handle.complete(context.streamingHandle());
          }
        };
    LongCatStreamingChatModel.builder()
        .longcat(engine.open())
        .executor(
            task ->
                new Thread(
                        () -> {
                          task.run();
                          ended.complete(null);
                        })
                    .start())
        .build()
        .chat("count", protocol);
    handle.join().cancel();
    ended.join();
    assertThat(protocol.told).containsExactly("one ");
  }

  @Test
  void aHandlerThatBlocksHoldsUpItsOwnReplyAlone() {
    StreamingChatModel model =
        LongCatStreamingChatModel.builder()
            .longcat(ScriptedEngine.saying("one two").open())
            .build();
    CompletableFuture<Void> blocked = new CompletableFuture<>();
    CompletableFuture<Void> allowed = new CompletableFuture<>();
    CompletableFuture<ChatResponse> slow = new CompletableFuture<>();
    CompletableFuture<ChatResponse> other = new CompletableFuture<>();
    model.chat(
        "count",
        new Protocol() {
          @Override
          public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
            blocked.complete(null);
            allowed.join();
          }

          @Override
          public void onCompleteResponse(ChatResponse response) {
            slow.complete(response);
          }
        });
    blocked.join();
    model.chat(
        "count",
        new Protocol() {
          @Override
          public void onCompleteResponse(ChatResponse response) {
            other.complete(response);
          }
        });
    assertThat(other.join().aiMessage().text()).isEqualTo("one two");
    assertThat(slow).isNotDone();
    allowed.complete(null);
    assertThat(slow.join().aiMessage().text()).isEqualTo("one two");
  }

  @Test
  void aFullExecutorIsTheCallersError() {
    StreamingChatModel full =
        LongCatStreamingChatModel.builder()
            .longcat(ScriptedEngine.saying("never").open())
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();
    Protocol protocol = new Protocol();
    assertThatThrownBy(() -> full.chat("hi", protocol))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(protocol.told).isEmpty();
  }
}
