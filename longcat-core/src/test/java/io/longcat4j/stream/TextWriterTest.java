package io.longcat4j.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Event;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.Warning;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextWriterTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final String CALL =
      "<longcat_tool_call>{\"name\": \"f\", \"arguments\": {}}</longcat_tool_call>";

  private static List<Event> written(String reply, List<String> stops, boolean tools) {
    Outbox outbox = new Outbox();
    ReplyText words = new ReplyText(TOKENIZER, SpecialTokens.of(TOKENIZER));
    TextWriter writer = new TextWriter(new TextDeltas(words, stops), tools, outbox);
    for (int id : TOKENIZER.encode(reply)) {
      if (writer.isStopped(id)) {
        break;
      }
    }
    writer.finish();
    List<Event> events = new ArrayList<>();
    int length = 0;
    for (Event event = outbox.poll(); event != null; event = outbox.poll()) {
      events.add(event);
      length += event instanceof TextDelta delta ? delta.text().length() : 0;
    }
    assertThat(writer.length()).isEqualTo(length);
    return events;
  }

  @Test
  void callsAreTakenOutOfTheText() {
    assertThat(written("Wait. " + CALL + " Or.", List.of(), true))
        .containsExactly(
            new TextDelta("Wait."), new ToolCall("call_0", "f", "{}"), new TextDelta(" Or."));
  }

  @Test
  void withoutToolsTheTagsAreText() {
    assertThat(written(CALL, List.of(), false)).containsExactly(new TextDelta(CALL));
  }

  @Test
  void aMalformedCallIsTextAfterAWarning() {
    List<Event> events = written("<longcat_tool_call>f()", List.of(), true);
    assertThat(events).hasSize(2).last().isEqualTo(new TextDelta("<longcat_tool_call>f()"));
    assertThat(((Warning) events.get(0)).message()).contains("could not be read");
  }

  @Test
  void aStopStringAcrossTokensEndsTheText() {
    assertThat(written("one two three", List.of("wo th"), false))
        .containsExactly(new TextDelta("one t"));
  }
}
