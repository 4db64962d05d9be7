package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyTest {
  private static final ToolCall FIRST = new ToolCall("call_1", "weather", "{}");
  private static final ToolCall SECOND = new ToolCall("call_2", "time", "{}");

  private static Reply reply(String text, FinishReason reason, ToolCall... calls) {
    return new Reply(
        text,
        List.of(),
        null,
        List.of(),
        reason,
        List.of(),
        Statistics.builder().build(),
        List.of(),
        List.of(calls));
  }

  @Test
  void documentsLoseTheirWhiteSpaceAlone() {
    String text = "{\n  \"a b\": [1, 2 ],\t\"q\\\" \\\\\" : \" x \\n\"\r\n}";
    assertThat(reply(text, FinishReason.END).json())
        .isEqualTo("{\"a b\":[1,2],\"q\\\" \\\\\":\" x \\n\"}");
  }

  @Test
  void documentsThatWereCutOffAreNone() {
    assertThatThrownBy(() -> reply("{\"a\":", FinishReason.LENGTH).json())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("LENGTH");
  }

  @Test
  void resultsFindTheirCallsByIds() {
    Prompt prompt =
        Prompt.builder()
            .add(Message.user("Both?"))
            .add(Message.assistant(reply("", FinishReason.END, FIRST, SECOND)))
            .toolResults(Map.of("call_2", "noon", "call_1", "sunny"))
            .build();
    assertThat(prompt.messages().subList(2, 4))
        .containsExactly(Message.tool("sunny"), Message.tool("noon"));
  }

  @Test
  void resultsThatFitNoCallAreRefused() {
    List<ToolCall> calls = List.of(FIRST, SECOND);
    assertThatThrownBy(() -> Message.toolResults(calls, Map.of("call_1", "sunny")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("call_2 of time");
    assertThatThrownBy(
            () -> Message.toolResults(List.of(FIRST), Map.of("call_1", "a", "call_9", "b")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("[call_9]");
    assertThatThrownBy(() -> Message.toolResults(List.of(FIRST, FIRST), Map.of("call_1", "a")))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () -> Prompt.builder().add(Message.user("?")).toolResults(Map.of("call_1", "a")))
        .isInstanceOf(InvalidRequestException.class);
  }
}
