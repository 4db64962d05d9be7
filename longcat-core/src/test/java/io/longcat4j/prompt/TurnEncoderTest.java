package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnEncoderTest {
  private static final Tool TOOL = Tool.of("time", "Tells the time.");
  private static final Text QUESTION = Text.of("How late is it?");
  private static final Text MORE = Text.of("And then?");
  private static final Message CALL =
      new Message(Role.ASSISTANT, List.of(new ToolCall("call_0", "time", "{}")));

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void turnsWithToolsAreTheIdsOfTheWhole(boolean omni) {
    PromptEncoder whole = new PromptEncoder(Tokenizer.open(TestData.bf16()), omni);
    Prompt first =
        Prompt.builder().tools(TOOL).system("Be kind.").add(Message.user(QUESTION)).build();
    Prompt second = first.toBuilder().add(CALL).tool("9:00").tool("10:00").build();
    Prompt third = second.toBuilder().add(Message.user(MORE)).build();
    int[] asked = whole.encode(first, List.of(), false).ids();
    int[] answered = whole.encode(second, List.of(), false).ids();
    TurnEncoder turns = whole.turns();
    assertThat(question(turns, omni)).containsExactly(asked);
    int[] call = callOf(turns, asked, answered);
    int[] known = joined(question(turns, omni), call, turns.afterReply(true).ids());
    assertThat(joined(known, results(turns, omni, List.of()))).containsExactly(answered);
    assertThat(joined(known, results(turns, omni, List.of(MORE))))
        .containsExactly(whole.encode(third, List.of(), false).ids());
  }

  private static int[] question(TurnEncoder turns, boolean omni) {
    int[] head = turns.declare(List.of(TOOL)).ids();
    return omni
        ? joined(
            head,
            turns.system("Be kind.").ids(),
            turns.begin().ids(),
            turns.part(QUESTION, List.of()).ids(),
            turns.end(true, false).ids())
        : joined(
            head,
            turns.question(0, Optional.of("Be kind."), List.of(), List.of(QUESTION), false).ids());
  }

  private static int[] results(TurnEncoder turns, boolean omni, List<Part> parts) {
    if (!omni) {
      return turns.question(1, Optional.empty(), List.of("9:00", "10:00"), parts, false).ids();
    }
    int[] results = joined(turns.toolResult("9:00").ids(), turns.toolResult("10:00").ids());
    int[] more =
        parts.isEmpty()
            ? new int[0]
            : joined(turns.begin().ids(), turns.part(parts.get(0), List.of()).ids());
    return joined(results, more, turns.end(!parts.isEmpty(), false).ids());
  }

  /** The ids of the call, up to the end of its message: what a model would have written. */
  private static int[] callOf(TurnEncoder turns, int[] asked, int[] answered) {
    int end = turns.afterReply(false).ids()[0];
    int to = asked.length;
    while (answered[to] != end) {
      to++;
    }
    return IntStream.rangeClosed(asked.length, to).map(i -> answered[i]).toArray();
  }

  private static int[] joined(int[]... pieces) {
    return Stream.of(pieces).flatMapToInt(IntStream::of).toArray();
  }
}
