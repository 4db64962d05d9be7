package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tools in conversations. The checkpoint has random weights and one token that spells a whole call,
 * which a bias makes the model choose.
 */
@Tag("once")
class ToolConversationTest {
  private static final int CALL = 29;
  private static final Tool TIME = Tool.of("time", "Tells the time.");
  private static final ConversationOptions OPTIONS =
      ConversationOptions.defaults().withSystem("Be brief.").withTools(TIME);
  private static final Text QUESTION = Text.of("How late is it?");
  private static final Generation TWELVE =
      Generation.builder().maxNewTokens(12).ignoreEos(true).logitBias(Map.of(CALL, -1e4f)).build();
  private static final Generation CALLS =
      TWELVE.toBuilder().maxNewTokens(2).logitBias(Map.of(CALL, 1e4f)).build();

  @TempDir private static Path directory;

  private static LongCat omni;
  private static LongCat textOnly;

  @BeforeAll
  static void load() throws IOException {
    String call =
        "<longcat_tool_call>{\\\"name\\\": \\\"time\\\", \\\"arguments\\\": {}}</longcat_tool_call>";
    CheckpointCopy copy = CheckpointCopy.in(directory).replace("tokenizer.json", "<mask_5>", call);
    omni = LongCat.builder().model(copy.directory()).build();
    for (String folder : List.of("audio", "audio_codec", "vision")) {
      copy.delete(folder);
    }
    textOnly = LongCat.builder().model(copy.directory()).build();
  }

  @AfterAll
  static void close() {
    omni.close();
    textOnly.close();
  }

  private static LongCat of(boolean omniFormat) {
    return omniFormat ? omni : textOnly;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTurnWithToolsIsThePromptWithTools(boolean omniFormat) {
    LongCat longcat = of(omniFormat);
    Prompt prompt =
        Prompt.builder().tools(TIME).system("Be brief.").add(Message.user(QUESTION)).build();
    try (Conversation conversation = longcat.conversation(OPTIONS)) {
      Reply expected = longcat.generate(prompt, TWELVE);
      Reply reply = conversation.send(TWELVE, QUESTION);
      assertThat(reply.textIds()).isEqualTo(expected.textIds());
      assertThat(reply.statistics().promptTokens()).isEqualTo(expected.statistics().promptTokens());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callsAreEventsAndTheirResultsAreAllThatIsComputedNext(boolean omniFormat) {
    try (Conversation conversation = of(omniFormat).conversation(OPTIONS)) {
      List<Event> events = new ArrayList<>();
      try (ReplyStream stream = conversation.stream(CALLS, QUESTION)) {
        stream.forEach(events::add);
      }
      assertThat(events.subList(0, 2))
          .containsExactly(
              new ToolCall("call_0", "time", "{}"), new ToolCall("call_1", "time", "{}"));
      int before = conversation.positions();
      Conversation.Checkpoint called = conversation.checkpoint();
      conversation.appendToolResult("9:00");
      conversation.appendToolResult("10:00");
      Reply reply = conversation.send(TWELVE);
      assertThat(reply.toolCalls()).isEmpty();
      int added = reply.statistics().promptTokens() - before;
      assertThat(added).isBetween(10, 60);
      assertThat(reply.statistics().computedTokens()).isLessThanOrEqualTo(added + 4);
      int after = conversation.positions();
      assertThat(conversation.send(TWELVE, QUESTION).textIds()).hasSize(12);

      conversation.rollback(called);
      assertThat(conversation.positions()).isEqualTo(before);
      try (Conversation fork = conversation.fork()) {
        fork.appendToolResult("9:00");
        fork.appendToolResult("10:00");
        Reply again = fork.send(TWELVE);
        assertThat(again.textIds()).isEqualTo(reply.textIds());
        assertThat(fork.positions()).isEqualTo(after);
      }
      conversation.appendToolResult("9:00");
      Reply more = conversation.send(CALLS, QUESTION);
      assertThat(more.toolCalls()).hasSize(2);
      conversation.appendToolResult("11:00");
      assertThat(conversation.send(TWELVE).textIds()).hasSize(12);
    }
  }

  @Test
  void theOldestTurnsGoTogetherWithTheirCalls() {
    ConversationOptions sliding = ConversationOptions.defaults().withTools(TIME).withSliding();
    int head;
    try (Conversation conversation = omni.conversation(sliding)) {
      head = conversation.positions();
    }
    try (LongCat small =
            LongCat.builder()
                .model(directory.resolve("checkpoint"))
                .contextLength(head + 90)
                .build();
        Conversation conversation = small.conversation(sliding)) {
      for (int i = 0; i < 5; i++) {
        assertThat(conversation.send(CALLS, QUESTION).toolCalls()).hasSize(2);
        conversation.appendToolResult("9:00");
        conversation.send(TWELVE);
        assertThat(conversation.positions()).isLessThanOrEqualTo(head + 98);
      }
    }
  }

  @Test
  void resultsThatNobodyAskedForAreRefused() {
    try (Conversation conversation = omni.conversation(OPTIONS);
        Conversation without = omni.conversation()) {
      assertThatThrownBy(() -> conversation.appendToolResult("9:00"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("called none");
      conversation.send(TWELVE, QUESTION);
      assertThatThrownBy(() -> conversation.appendToolResult("9:00"))
          .isInstanceOf(InvalidRequestException.class);
      conversation.send(CALLS, QUESTION);
      conversation.append(QUESTION);
      assertThatThrownBy(() -> conversation.appendToolResult("9:00"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("results first");
      Reply text = without.send(CALLS, QUESTION);
      assertThat(text.toolCalls()).isEmpty();
      assertThat(text.text()).contains("longcat_tool_call");
    }
  }

  @Test
  void textOnlyCheckpointsTakeQuestionsInPartsAndHearNothing() {
    try (Conversation parts = textOnly.conversation();
        Conversation whole = textOnly.conversation()) {
      parts.append();
      parts.append(QUESTION);
      Reply reply = parts.send(TWELVE, QUESTION);
      assertThat(reply.textIds()).isEqualTo(whole.send(TWELVE, QUESTION, QUESTION).textIds());
      assertThatThrownBy(() -> parts.openAudio(16000))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("audio/");
    }
  }
}
