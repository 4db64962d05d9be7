package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.ToolCall;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyAssemblyTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final String CALL =
      "<longcat_tool_call>{\"name\": \"f\", \"arguments\": {}}</longcat_tool_call>";

  private static ReplyAssembly assembled(String reply, List<String> stops, boolean tools) {
    ReplyText words = new ReplyText(TOKENIZER, SpecialTokens.of(TOKENIZER));
    ReplyAssembly assembly = new ReplyAssembly(new TextDeltas(words, stops), tools);
    for (int id : TOKENIZER.encode(reply)) {
      if (assembly.isStopped(id)) {
        break;
      }
    }
    return assembly;
  }

  @Test
  void callsAreTakenOutOfTheText() {
    ReplyAssembly assembly = assembled("Wait. " + CALL, List.of(), true);
    assertThat(assembly.finish()).isEqualTo("Wait.");
    assertThat(assembly.toolCalls()).containsExactly(new ToolCall("call_0", "f", "{}"));
    assertThat(assembly.warnings()).isEmpty();
  }

  @Test
  void withoutToolsTheTagsAreText() {
    ReplyAssembly assembly = assembled(CALL, List.of(), false);
    assertThat(assembly.finish()).isEqualTo(CALL);
    assertThat(assembly.toolCalls()).isEmpty();
  }

  @Test
  void aMalformedCallIsTextWithAWarning() {
    ReplyAssembly assembly = assembled("<longcat_tool_call>f()", List.of(), true);
    assertThat(assembly.finish()).isEqualTo("<longcat_tool_call>f()");
    assertThat(assembly.warnings()).singleElement().asString().contains("could not be read");
  }

  @Test
  void aStopStringAcrossTokensEndsTheText() {
    ReplyAssembly assembly = assembled("one two three", List.of("wo th"), false);
    assertThat(assembly.finish()).isEqualTo("one t");
  }
}
