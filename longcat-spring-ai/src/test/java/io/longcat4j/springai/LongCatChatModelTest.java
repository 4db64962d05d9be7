package io.longcat4j.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.EngineBusyException;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.Video;
import io.longcat4j.Warning;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelMeterObservationHandler;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.annotation.ToolParam;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.util.MimeType;
import reactor.core.publisher.BaseSubscriber;

class LongCatChatModelTest {
  private static final MimeType PNG = MimeType.valueOf("image/png");
  private final ScriptedEngine engine = ScriptedEngine.saying("a picture of you");
  private final LongCatChatModel model = model(engine);

  private static LongCatChatModel model(ScriptedEngine engine) {
    return LongCatChatModel.builder().longcat(engine.open()).executor(Runnable::run).build();
  }

  private Part asked(Media media) {
    model.call(UserMessage.builder().text("what?").media(media).build());
    return engine.lastPrompt().messages().get(0).parts().get(0);
  }

  private static Media media(String type, Object data) {
    Media.Builder builder = Media.builder().mimeType(MimeType.valueOf(type));
    return (data instanceof byte[] bytes ? builder.data(bytes) : builder.data((String) data))
        .build();
  }

  @Test
  void mediaComeAsBytesAsDataAndAsFilesBeforeTheWords() {
    byte[] bytes = {1, 2, 3};
    assertThat(asked(media("image/png", bytes))).isEqualTo(Image.of(bytes));
    assertThat(engine.lastPrompt().messages().get(0).parts().get(1)).isEqualTo(Text.of("what?"));
    assertThat(asked(media("image/png", "data:image/png;base64,AQID"))).isEqualTo(Image.of(bytes));
    assertThat(asked(media("image/png", "AQID"))).isEqualTo(Image.of(bytes));
    assertThat(asked(new Media(PNG, URI.create("file:///tmp/a.png"))))
        .isEqualTo(Image.of(Path.of("/tmp/a.png")));
    assertThat(asked(media("audio/wav", bytes))).isEqualTo(io.longcat4j.Audio.of(bytes));
    assertThat(asked(media("video/mp4", bytes))).isEqualTo(Video.of(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/cat.png", "https://host/cat.png", "ftp://host/cat.png"})
  void nothingIsFetchedFromElsewhere(String address) {
    assertThatThrownBy(() -> asked(media("image/png", address)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(address)
        .hasMessageContaining("opens no connection");
    assertThat(engine.prompts()).isEmpty();
  }

  @Test
  void theApplicationMayFetch() {
    LongCatChatModel.builder()
        .longcat(engine.open())
        .mediaFetcher(address -> address.getHost().getBytes(StandardCharsets.UTF_8))
        .build()
        .call(UserMessage.builder().text("?").media(media("image/png", "https://a/b")).build());
    assertThat(engine.lastPrompt().messages().get(0).parts().get(0))
        .isEqualTo(Image.of(new byte[] {'a'}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"data:image/png,raw", "data:image/png;base64,???", "file://host/a", "%%"})
  void malformedMediaAreRefused(String data) {
    assertThatThrownBy(() -> asked(media("image/png", data)))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void otherMediaAreRefused() {
    assertThatThrownBy(() -> asked(media("application/pdf", new byte[1])))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("application/pdf");
  }

  private static AssistantMessage.ToolCall call(String id, String name) {
    return new AssistantMessage.ToolCall(id, "function", name, "");
  }

  private static ToolResponseMessage results(String... ids) {
    List<ToolResponseMessage.ToolResponse> responses = new ArrayList<>();
    for (String id : ids) {
      responses.add(new ToolResponseMessage.ToolResponse(id, "tool", "result of " + id));
    }
    return ToolResponseMessage.builder().responses(responses).build();
  }

  private static AssistantMessage calls(String... ids) {
    List<AssistantMessage.ToolCall> calls = new ArrayList<>();
    for (String id : ids) {
      calls.add(call(id, "tool"));
    }
    return AssistantMessage.builder().content("").toolCalls(calls).build();
  }

  @Test
  void resultsFindTheirCallsById() {
    model.call(new UserMessage("both"), calls("1", "2"), results("2", "1"));
    List<Message> told = engine.lastPrompt().messages();
    assertThat(told.get(1).parts().get(0)).isEqualTo(new ToolCall("1", "tool", "{}"));
    assertThat(told.subList(2, 4))
        .containsExactly(Message.tool("result of 1"), Message.tool("result of 2"));
  }

  @Test
  void resultsThatNobodyWaitsForAndCallsWithoutResultAreRefused() {
    UserMessage go = new UserMessage("go");
    assertThatThrownBy(() -> model.call(go, calls("1"), results("9")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'9'");
    assertThatThrownBy(() -> model.call(go, calls("1", "2"), results("1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'2'");
  }

  @Test
  void laterInstructionsAreRefused() {
    model.call(new SystemMessage("be kind"), new SystemMessage("be short"), new UserMessage("hi"));
    assertThat(engine.lastPrompt().messages().get(0))
        .isEqualTo(Message.system("be kind\n\nbe short"));
    assertThatThrownBy(() -> model.call(new UserMessage("hi"), new SystemMessage("late")))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void soundOfOtherModelsInTheHistoryIsReadAsItsWords() {
    Media sound = media("audio/mp3", new byte[1]);
    UserMessage and = new UserMessage("and?");
    model.call(
        new UserMessage("hi"),
        AssistantMessage.builder().content("hello").media(List.of(sound)).build(),
        and);
    assertThat(engine.lastPrompt().messages().get(1)).isEqualTo(Message.assistant("hello"));
    assertThatThrownBy(
            () ->
                model.call(
                    new UserMessage("hi"),
                    AssistantMessage.builder().content("").media(List.of(sound)).build(),
                    and))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("without words");
  }

  @Test
  void optionsOfAnyKindGoBeforeTheModelsOwn() {
    LongCatChatModel tuned =
        LongCatChatModel.builder()
            .longcat(engine.open())
            .options(
                LongCatChatOptions.builder()
                    .maxTokens(50)
                    .seed(5)
                    .minP(0.1)
                    .repetitionPenalty(1.5)
                    .topLogprobs(2)
                    .priority(3)
                    .timeout(Duration.ofSeconds(9))
                    .build())
            .build();
    tuned.call(new Prompt("hi", ChatOptions.builder().maxTokens(7).temperature(0.5).build()));
    Generation plain = engine.lastGeneration();
    assertThat(plain.maxNewTokens()).isEqualTo(7);
    assertThat(plain.topK()).isZero();
    assertThat(plain.seed()).hasValue(5);
    assertThat(plain.minP()).isEqualTo(0.1);
    assertThat(plain.repetitionPenalty()).isEqualTo(1.5);
    assertThat(plain.topLogprobs()).hasValue(2);
    assertThat(plain.priority()).isEqualTo(3);
    assertThat(plain.timeout()).contains(Duration.ofSeconds(9));
    tuned.call(
        new Prompt(
            "hi",
            StructuredOutputChatOptions.builder().outputSchema("{\"type\":\"null\"}").build()));
    assertThat(engine.lastGeneration().jsonSchema()).contains("{\"type\":\"null\"}");
    assertThat(engine.lastGeneration().maxNewTokens()).isEqualTo(50);
    tuned.call(new Prompt("hi"));
    assertThat(engine.lastGeneration().topK()).isEqualTo(1);
    assertThatThrownBy(
            () -> tuned.call(new Prompt("hi", ChatOptions.builder().model("other").build())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'other'");
  }

  @Test
  void aReplyTellsWhatItCost() {
    ChatResponse response =
        model.call(new Prompt("hi", LongCatChatOptions.builder().topLogprobs(1).build()));
    assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(12);
    assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(4);
    assertThat(response.getMetadata().getUsage().getTotalTokens()).isEqualTo(16);
    assertThat(response.getMetadata().getUsage().getCacheReadInputTokens()).isEqualTo(4);
    assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("STOP");
    assertThat((List<?>) response.getMetadata().get(LongCatChatModel.LOGPROBS)).hasSize(4);
  }

  @Test
  void aSpokenReplyHasItsSoundAsAWavFile() {
    ChatResponse response =
        model.call(new Prompt("hi", LongCatChatOptions.builder().speech(true).build()));
    Media speech = response.getResult().getOutput().getMedia().get(0);
    assertThat(speech.getMimeType()).hasToString("audio/wav");
    assertThat(speech.getDataAsByteArray())
        .hasSize(44 + 4 * ScriptedReply.SAMPLES_A_WORD * 2)
        .startsWith('R', 'I', 'F', 'F');
  }

  @Test
  void soundComesBetweenTheWords() {
    List<ChatResponse> pieces =
        model.stream(new Prompt("hi", LongCatChatOptions.builder().speech(true).build()))
            .collectList()
            .block();
    assertThat(pieces).hasSize(9);
    assertThat(pieces.get(0).getResult().getOutput().getText()).isEqualTo("a ");
    Media sound = pieces.get(1).getResult().getOutput().getMedia().get(0);
    assertThat(sound.getMimeType()).hasToString("audio/pcm;rate=24000");
    assertThat(sound.getDataAsByteArray()).hasSize(2 * ScriptedReply.SAMPLES_A_WORD);
    ChatResponse last = pieces.get(8);
    assertThat(last.getResult().getMetadata().getFinishReason()).isEqualTo("STOP");
    assertThat(last.getMetadata().getUsage().getCompletionTokens()).isEqualTo(4);
  }

  @Test
  void warningsAreTold() {
    ScriptedEngine warning =
        new ScriptedEngine(
            (prompt, generation) -> {
              ScriptedReply said = ScriptedReply.saying("well", generation);
              return ScriptedReply.of(new Warning("cut"), said.poll(), said.poll());
            });
    List<ChatResponse> pieces = model(warning).stream(new Prompt("hi")).collectList().block();
    assertThat(pieces.get(0).getResult().getOutput().getMetadata())
        .containsEntry(LongCatChatModel.WARNING, "cut");
    assertThat((List<?>) pieces.get(2).getMetadata().get(LongCatChatModel.WARNINGS))
        .isEqualTo(List.of("cut"));
  }

  /** Asks for one response, and perhaps gives up then. */
  private static final class Once extends BaseSubscriber<ChatResponse> {
    private final List<String> told = new ArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.request(1);
    }

    @Override
    protected void hookOnNext(ChatResponse response) {
      told.add(response.getResult().getOutput().getText());
    }
  }

  @Test
  void aSubscriberWhoAsksForNothingGetsNothingAndOneWhoGivesUpEndsTheReply() {
    ScriptedEngine endless =
        new ScriptedEngine(
            (prompt, generation) ->
                ScriptedReply.of(
                    new TextDelta("one"), new TextDelta("two"), new TextDelta("three")));
    Once once = new Once();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    LongCatChatModel.builder()
        .longcat(endless.open())
        .executor(
            task -> {
              task.run();
              asked.complete(null);
            })
        .build()
        .stream(new Prompt("hi"))
        .subscribe(once);
    asked.join();
    assertThat(once.told).containsExactly("one");
    assertThat(endless.replies().get(0).taken()).as("one is told, one is held").isEqualTo(2);
    once.cancel();
    endless.replies().get(0).closed().join();
    assertThat(once.told).containsExactly("one");
  }

  @Test
  void failuresAreTheModelsOwn() {
    ScriptedEngine busy =
        new ScriptedEngine(
            (prompt, generation) -> ScriptedReply.of().failing(new EngineBusyException("full")));
    assertThatThrownBy(() -> model(busy).call("hi")).isInstanceOf(EngineBusyException.class);
    assertThatThrownBy(() -> model(busy).stream("hi").blockLast())
        .isInstanceOf(EngineBusyException.class);
  }

  /** What the client of the next tests lets the model call. */
  public static final class Weather {
    private final List<String> cities = new ArrayList<>();

    @org.springframework.ai.tool.annotation.Tool(description = "Tells the weather")
    public String weather(@ToolParam(description = "a city") String city) {
      cities.add(city);
      return "sunny";
    }
  }

  private static ScriptedEngine calling() {
    return new ScriptedEngine(
        (prompt, generation) -> {
          boolean answered = prompt.messages().size() > 1;
          if (generation.jsonSchema().isPresent()) {
            return ScriptedReply.saying("{\"city\":\"Munich\",\"sunny\":true}", generation);
          }
          return answered
              ? ScriptedReply.saying("It is sunny.", generation)
              : ScriptedReply.calling(
                  new ToolCall("1", "weather", "{\"city\":\"Munich\"}"),
                  new ToolCall("2", "weather", "{\"city\":\"Rome\"}"));
        });
  }

  /** A tool that says nothing of its arguments. */
  private static ToolCallback withoutSchema() {
    ToolDefinition definition =
        new ToolDefinition() {
          @Override
          public String name() {
            return "now";
          }

          @Override
          public String description() {
            return "Tells the time";
          }

          @Override
          public String inputSchema() {
            return "";
          }
        };
    return new ToolCallback() {
      @Override
      public ToolDefinition getToolDefinition() {
        return definition;
      }

      @Override
      public String call(String arguments) {
        return "noon";
      }
    };
  }

  @Test
  void aToolWithoutSchemaTakesNoArguments() {
    ChatClient.create(model).prompt("What time is it?").tools(withoutSchema()).call().content();
    assertThat(engine.lastPrompt().tools()).containsExactly(Tool.of("now", "Tells the time"));
  }

  @Test
  void aClientExecutesTools() {
    Weather weather = new Weather();
    ScriptedEngine tools = calling();
    String answer =
        ChatClient.create(model(tools))
            .prompt("What is the weather in Munich and Rome?")
            .tools(weather)
            .call()
            .content();
    assertThat(answer).isEqualTo("It is sunny.");
    assertThat(weather.cities).containsExactly("Munich", "Rome");
    Tool told = tools.lastPrompt().tools().get(0);
    assertThat(told.description()).isEqualTo("Tells the weather");
    assertThat(told.parameters()).contains("\"city\"");
  }

  @Test
  void aClientExecutesToolsOfAStreamToo() {
    Weather weather = new Weather();
    List<String> words =
        ChatClient.create(model(calling()))
            .prompt("What is the weather in Munich and Rome?")
            .tools(weather)
            .stream()
            .content()
            .collectList()
            .block();
    assertThat(String.join("", words)).isEqualTo("It is sunny.");
    assertThat(weather.cities).containsExactly("Munich", "Rome");
  }

  record Report(String city, boolean sunny) {}

  @Test
  void aSchemaBindsTheAnswerBehindTheCalls() {
    String schema = "{\"type\":\"object\"}";
    Weather weather = new Weather();
    ScriptedEngine tools = calling();
    Report report =
        ChatClient.create(model(tools))
            .prompt("What is the weather in Munich?")
            .options(LongCatChatOptions.builder().outputSchema(schema))
            .tools(weather)
            .call()
            .entity(Report.class);
    assertThat(report).isEqualTo(new Report("Munich", true));
    assertThat(weather.cities).isNotEmpty();
    assertThat(tools.lastGeneration().jsonSchema()).contains(schema);
  }

  @Test
  void requestsAreObservationsWithTheNamesOfTheConventions() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(meters))
        .observationHandler(new ChatModelMeterObservationHandler(meters));
    LongCatChatModel observed =
        LongCatChatModel.builder()
            .longcat(engine.open())
            .modelName("LongCat-Flash-Omni")
            .observationRegistry(observations)
            .build();
    observed.call("hi");
    observed.stream("hi").blockLast();
    assertThat(
            meters
                .get("gen_ai.client.operation")
                .tags("gen_ai.operation.name", "chat", "gen_ai.system", "longcat")
                .timer()
                .count())
        .isEqualTo(2);
    assertThat(
            meters
                .get("gen_ai.client.token.usage")
                .tags("gen_ai.token.type", "output", "gen_ai.response.model", "LongCat-Flash-Omni")
                .counter()
                .count())
        .isEqualTo(8);
  }
}
