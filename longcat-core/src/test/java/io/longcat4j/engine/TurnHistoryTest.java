package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.prompt.PromptEncoder;
import io.longcat4j.stream.FrameLength;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TurnHistoryTest {
  private static final PromptRows ROWS = PromptRows.of(new int[] {7});
  private static final Text SECOND = Text.of("And in Shanghai?");

  @Test
  void a_question_after_the_results_of_tools_has_the_number_that_the_whole_conversation_gives_it() {
    TurnHistory history = TurnHistory.after(List.of());
    history = answered(history.asking(history.open().grown(List.of(Text.of("How late is it?")))));
    history = history.reopened();
    history = answered(history.asking(history.open().answered("9:00", ROWS)));
    history = history.asking(history.open().grown(List.of(SECOND)));

    PromptEncoder encoder = new PromptEncoder(Tokenizer.open(TestData.bf16()), false);
    int[] question =
        encoder
            .turns()
            .question(history.rounds(), Optional.empty(), List.of(), List.of(SECOND), false)
            .ids();
    int[] whole = encoder.encode(conversation(), List.of(), false).ids();
    int[] end = Arrays.copyOfRange(whole, whole.length - question.length, whole.length);
    assertThat(question).containsExactly(end);
    assertThat(history.turns()).hasSize(1);
  }

  private static TurnHistory answered(TurnHistory asked) {
    Recording recording = new Recording();
    recording.end("", 0, new FrameLength());
    return asked.answered(ROWS, recording, ROWS);
  }

  private static Prompt conversation() {
    List<Part> call = List.of(new ToolCall("call_0", "time", "{}"));
    return Prompt.builder()
        .tools(Tool.of("time", "Tells the time."))
        .add(Message.user("How late is it?"))
        .add(new Message(Role.ASSISTANT, call))
        .tool("9:00")
        .add(Message.assistant("It is nine."))
        .add(Message.user(SECOND))
        .build();
  }
}
