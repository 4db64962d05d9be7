package io.longcat4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.audio.AudioTranscriptionRequest;
import dev.langchain4j.model.audio.TextToSpeechRequest;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.longcat4j.AudioDelta;
import io.longcat4j.LongCat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The models on LongCat-Tiny. */
@Tag("once")
class LongCatTinyTest {
  private static final Path MEDIA =
      Path.of(System.getProperty("longcat.repository.root"), "samples", "media", "tiny");
  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.tiny();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  private static ChatRequest pictureQuestion() {
    return ChatRequest.builder()
        .messages(
            UserMessage.from(
                ImageContent.from(MEDIA.resolve("shapes.png").toUri()),
                TextContent.from("What do you see?")))
        .parameters(LongCatChatRequestParameters.builder().speech(true).build())
        .build();
  }

  @Test
  void aPictureIsAnsweredAloud() {
    AiMessage reply =
        LongCatChatModel.builder().longcat(longcat).build().chat(pictureQuestion()).aiMessage();
    assertThat(reply.text()).contains("green star", "purple triangle", "yellow circle");
    assertThat(LongCatChatModel.speech(reply).orElseThrow().binaryData().length)
        .isGreaterThan(24000);
  }

  @Test
  void theSameComesBitByBit() {
    StringBuilder words = new StringBuilder();
    CompletableFuture<ChatResponse> done = new CompletableFuture<>();
    int[] bytes = {0};
    LongCatStreamingChatModel.builder()
        .longcat(longcat)
        .build()
        .chat(
            pictureQuestion(),
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String partial) {
                words.append(partial);
              }

              @Override
              public void onUnmappedRawEvent(Object event) {
                bytes[0] += ((AudioDelta) event).toPcm16().length;
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                done.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }
            });
    AiMessage reply = done.join().aiMessage();
    assertThat(reply.text()).isEqualTo(words.toString()).contains("green star");
    assertThat(LongCatChatModel.speech(reply).orElseThrow().binaryData()).hasSize(44 + bytes[0]);
  }

  @Test
  void soundIsWrittenDown() throws IOException {
    byte[] wav = Files.readAllBytes(MEDIA.resolve("month-question.wav"));
    LongCatTranscriptionModel model = new LongCatTranscriptionModel(longcat, "What did I say?");
    assertThat(model.transcribeToText(Audio.builder().binaryData(wav).build()))
        .isEqualTo("Which month is before November?");
    assertThatThrownBy(
            () ->
                model.transcribe(
                    AudioTranscriptionRequest.builder(Audio.builder().binaryData(wav).build())
                        .language("fr")
                        .build()))
        .isInstanceOf(UnsupportedFeatureException.class);
  }

  @Test
  void wordsAreSpoken() {
    LongCatTextToSpeechModel model = new LongCatTextToSpeechModel(longcat, "");
    Audio speech = model.synthesize("How many hours has a day?").audio();
    assertThat(speech.mimeType()).isEqualTo("audio/wav");
    assertThat(speech.binaryData().length).isGreaterThan(24000);
    assertThatThrownBy(
            () -> model.synthesize(TextToSpeechRequest.builder("hi").voice("alto").build()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("alto");
  }
}
