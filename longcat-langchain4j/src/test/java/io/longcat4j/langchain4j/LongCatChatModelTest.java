package io.longcat4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaSource;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.Video;
import io.longcat4j.Warning;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongCatChatModelTest {
  private final ScriptedEngine engine = ScriptedEngine.saying("a picture of you");
  private final LongCatChatModel model = model(engine);

  private static LongCatChatModel model(ScriptedEngine engine) {
    return LongCatChatModel.builder().longcat(engine.open()).build();
  }

  private Part asked(Content content) {
    model.chat(UserMessage.from(content));
    return engine.lastPrompt().messages().get(0).parts().get(0);
  }

  private static ChatRequest request(ChatRequestParameters parameters) {
    return ChatRequest.builder().messages(UserMessage.from("hi")).parameters(parameters).build();
  }

  @Test
  void mediaComeAsBytesAsDataAndAsFiles() {
    assertThat(asked(ImageContent.from("AQID", "image/png")))
        .isEqualTo(Image.of(new byte[] {1, 2, 3}));
    assertThat(asked(ImageContent.from("data:image/png;base64,AQID")))
        .isEqualTo(Image.of(new byte[] {1, 2, 3}));
    assertThat(asked(ImageContent.from(URI.create("file:///tmp/a.png"))))
        .isEqualTo(Image.of(Path.of("/tmp/a.png")));
    assertThat(asked(AudioContent.from(Audio.builder().binaryData(new byte[] {4}).build())))
        .isEqualTo(io.longcat4j.Audio.of(new byte[] {4}));
    assertThat(asked(VideoContent.from("AQID", "video/mp4")))
        .isEqualTo(Video.of(new byte[] {1, 2, 3}));
  }

  @Test
  void partsKeepTheirOrder() {
    model.chat(
        UserMessage.from(
            TextContent.from("before"),
            ImageContent.from("AQ", "image/png"),
            TextContent.from("after")));
    assertThat(engine.lastPrompt().messages().get(0).parts())
        .containsExactly(Text.of("before"), Image.of(new byte[] {1}), Text.of("after"));
  }

  @Test
  void videosAreHeardWhereThatIsAskedFor() {
    LongCatChatModel.builder()
        .longcat(engine.open())
        .videoSound(true)
        .build()
        .chat(UserMessage.from(VideoContent.from("AQID", "video/mp4")));
    assertThat(engine.lastPrompt().messages().get(0).parts().get(0))
        .isInstanceOfSatisfying(
            Interleaved.class,
            clip ->
                assertThat(clip.audio()).isEqualTo(io.longcat4j.Audio.of(new byte[] {1, 2, 3})));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/cat.png", "https://host/cat.png", "ftp://host/a", "cat.png"})
  void nothingIsFetchedFromElsewhere(String address) {
    assertThatThrownBy(() -> asked(ImageContent.from(address)))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining(address)
        .hasMessageContaining("opens no connection");
    assertThat(engine.prompts()).isEmpty();
  }

  @Test
  void theApplicationMayFetch() {
    LongCatChatModel.builder()
        .longcat(engine.open())
        .mediaFetcher(address -> new byte[] {(byte) address.getHost().length()})
        .build()
        .chat(UserMessage.from(ImageContent.from("https://seven77/cat.png")));
    assertThat(engine.lastPrompt().messages().get(0).parts())
        .containsExactly(new Image(new Image.Encoded(MediaSource.of(new byte[] {7}))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data:image/png,raw", "data:image/png;base64,???", "file://host/a.png"})
  void malformedAddressesAreRefused(String address) {
    assertThatThrownBy(() -> asked(ImageContent.from(address)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("image");
  }

  @Test
  void otherContentIsRefused() {
    assertThatThrownBy(() -> asked(PdfFileContent.from("AQID", "application/pdf")))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("PDF");
  }

  private List<Message> told(ChatMessage... messages) {
    model.chat(messages);
    return engine.lastPrompt().messages();
  }

  private static ToolExecutionRequest call(String id, String name) {
    return ToolExecutionRequest.builder().id(id).name(name).arguments("{\"a\":1}").build();
  }

  @Test
  void resultsFindTheirCallsById() {
    List<Message> told =
        told(
            UserMessage.from("both"),
            AiMessage.from(call("1", "one"), call("2", "two")),
            ToolExecutionResultMessage.from("2", "two", "second"),
            ToolExecutionResultMessage.from("1", "one", "first"));
    assertThat(told.subList(2, 4)).containsExactly(Message.tool("first"), Message.tool("second"));
  }

  @Test
  void aResultThatNobodyWaitsForIsRefused() {
    AiMessage calls = AiMessage.from(call("1", "one"));
    assertThatThrownBy(
            () ->
                told(
                    UserMessage.from("go"),
                    calls,
                    ToolExecutionResultMessage.from("9", "one", "lost")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'9'");
    assertThatThrownBy(
            () ->
                told(
                    UserMessage.from("go"),
                    calls,
                    ToolExecutionResultMessage.from("1", "one", "first"),
                    ToolExecutionResultMessage.from("1", "one", "again")))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void aCallWithoutResultIsRefused() {
    assertThatThrownBy(
            () ->
                told(
                    UserMessage.from("both"),
                    AiMessage.from(call("1", "one"), call("2", "two")),
                    ToolExecutionResultMessage.from("1", "one", "first")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'2'");
  }

  @Test
  void instructionsAtTheBeginningAreJoinedAndLaterOnesRefused() {
    assertThat(
            told(
                    SystemMessage.from("be kind"),
                    SystemMessage.from("be short"),
                    UserMessage.from("hi"))
                .get(0))
        .isEqualTo(Message.system("be kind\n\nbe short"));
    assertThatThrownBy(
            () -> told(UserMessage.from("hi"), SystemMessage.from("late"), UserMessage.from("hi")))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("beginning");
  }

  @Test
  void soundOfOtherModelsInTheHistoryIsReadAsItsWords() {
    Map<String, Object> sound = Map.of("generated_audio", Audio.builder().build());
    AiMessage spoken = AiMessage.builder().text("hello").attributes(sound).build();
    assertThat(told(UserMessage.from("hi"), spoken, UserMessage.from("and?")).get(1))
        .isEqualTo(new Message(Role.ASSISTANT, List.of(Text.of("hello"))));
    AiMessage wordless = AiMessage.builder().attributes(sound).build();
    assertThatThrownBy(() -> told(UserMessage.from("hi"), wordless, UserMessage.from("and?")))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("generated_audio");
  }

  @Test
  void aToolWithoutSchemaTakesNoArguments() {
    model.chat(
        request(
            ChatRequestParameters.builder()
                .toolSpecifications(ToolSpecification.builder().name("now").build())
                .build()));
    assertThat(engine.lastPrompt().tools()).containsExactly(Tool.of("now", ""));
  }

  @Test
  void toolsThatMayNotBeCalledAreNotTold() {
    model.chat(
        request(
            ChatRequestParameters.builder()
                .toolSpecifications(ToolSpecification.builder().name("now").build())
                .toolChoice(ToolChoice.NONE)
                .build()));
    assertThat(engine.lastPrompt().tools()).isEmpty();
  }

  @Test
  void aCallCannotBeRequiredWithoutTools() {
    assertThatThrownBy(
            () ->
                model.chat(
                    request(
                        ChatRequestParameters.builder().toolChoice(ToolChoice.REQUIRED).build())))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("without tools");
  }

  @Test
  void samplingComesOnlyWhereItIsAskedFor() {
    assertThat(Requests.generation(ChatRequestParameters.builder().build()).topK()).isEqualTo(1);
    assertThat(Requests.generation(ChatRequestParameters.builder().temperature(0.0).build()).topK())
        .isEqualTo(1);
    Generation warm =
        Requests.generation(ChatRequestParameters.builder().temperature(0.5).topP(0.9).build());
    assertThat(warm.topK()).isZero();
    assertThat(warm.temperature()).isEqualTo(0.5);
    assertThat(warm.topP()).isEqualTo(0.9);
    assertThat(Requests.generation(ChatRequestParameters.builder().topK(7).build()).topK())
        .isEqualTo(7);
  }

  @Test
  void ownParametersReachTheModelAndARequestGoesBeforeTheDefaults() {
    LongCatChatModel tuned =
        LongCatChatModel.builder()
            .longcat(engine.open())
            .defaultRequestParameters(
                LongCatChatRequestParameters.builder()
                    .seed(5)
                    .minP(0.1)
                    .repetitionPenalty(1.5)
                    .topLogprobs(2)
                    .priority(3)
                    .timeout(Duration.ofSeconds(9))
                    .build())
            .build();
    tuned.chat(
        request(
            LongCatChatRequestParameters.builder()
                .seed(6)
                .presencePenalty(0.25)
                .frequencyPenalty(0.5)
                .build()));
    Generation generation = engine.lastGeneration();
    assertThat(generation.seed()).hasValue(6);
    assertThat(generation.minP()).isEqualTo(0.1);
    assertThat(generation.repetitionPenalty()).isEqualTo(1.5);
    assertThat(generation.topLogprobs()).hasValue(2);
    assertThat(generation.priority()).isEqualTo(3);
    assertThat(generation.timeout()).contains(Duration.ofSeconds(9));
    assertThat(generation.presencePenalty()).isEqualTo(0.25);
    assertThat(generation.frequencyPenalty()).isEqualTo(0.5);
  }

  @Test
  void metadataTellWhatTheReplyCost() {
    ChatResponse response =
        model.chat(request(LongCatChatRequestParameters.builder().topLogprobs(1).build()));
    LongCatChatResponseMetadata metadata = (LongCatChatResponseMetadata) response.metadata();
    assertThat(metadata.tokenUsage().inputTokenCount()).isEqualTo(12);
    assertThat(metadata.tokenUsage().outputTokenCount()).isEqualTo(4);
    assertThat(metadata.statistics().reusedTokens()).isEqualTo(4);
    assertThat(metadata.logprobs()).hasSize(4);
    assertThat(metadata.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(metadata.toBuilder().build()).isEqualTo(metadata);
  }

  @Test
  void warningsAreTold() {
    ScriptedEngine warning =
        new ScriptedEngine(
            (prompt, generation) -> {
              ScriptedReply said = ScriptedReply.saying("well", generation);
              return ScriptedReply.of(new Warning("shortened"), said.poll(), said.poll());
            });
    ChatResponse response = model(warning).chat(UserMessage.from("hi"));
    assertThat(((LongCatChatResponseMetadata) response.metadata()).warnings())
        .containsExactly("shortened");
    assertThat(warning.replies().get(0).closed()).isDone();
  }

  @Test
  void aSpokenReplyHasItsSoundAsAWavFile() {
    ChatResponse response =
        model.chat(request(LongCatChatRequestParameters.builder().speech(true).build()));
    Audio speech = LongCatChatModel.speech(response.aiMessage()).orElseThrow();
    assertThat(speech.mimeType()).isEqualTo("audio/wav");
    assertThat(speech.binaryData())
        .hasSize(44 + 4 * ScriptedReply.SAMPLES_A_WORD * 2)
        .startsWith('R', 'I', 'F', 'F');
    assertThat(LongCatChatModel.speech(model.chat(UserMessage.from("hi")).aiMessage())).isEmpty();
  }

  private static LongCatChatModel failing(LongCatException reason) {
    return model(new ScriptedEngine((prompt, generation) -> ScriptedReply.of().failing(reason)));
  }

  @Test
  void failuresAreLangchain4jsOwn() {
    LongCatException busy = new EngineBusyException("full");
    assertThatThrownBy(() -> failing(busy).chat("hi"))
        .isExactlyInstanceOf(RateLimitException.class)
        .hasMessage("full")
        .hasCause(busy);
    assertThatThrownBy(() -> failing(new DeadlineExceededException("late")).chat("hi"))
        .isExactlyInstanceOf(TimeoutException.class);
    assertThatThrownBy(
            () -> failing(new io.longcat4j.InvalidRequestException("too long")).chat("hi"))
        .isExactlyInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () -> model.chat(request(ChatRequestParameters.builder().maxOutputTokens(0).build())))
        .isExactlyInstanceOf(InvalidRequestException.class);
  }
}
