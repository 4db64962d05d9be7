package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ToolCallParserTest {
  private static final String CALL =
      "<longcat_tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"K\\u00f6ln\"}}\n"
          + "</longcat_tool_call>";

  private static List<ReplyPiece> parse(String text) {
    return parse(List.of(text));
  }

  private static List<ReplyPiece> parse(List<String> deltas) {
    ToolCallParser parser = new ToolCallParser();
    List<ReplyPiece> pieces = new ArrayList<>();
    deltas.forEach(delta -> pieces.addAll(parser.feed(delta)));
    pieces.addAll(parser.finish());
    return pieces;
  }

  private static String words(List<ReplyPiece> pieces) {
    return pieces.stream()
        .filter(ReplyPiece.Words.class::isInstance)
        .map(piece -> ((ReplyPiece.Words) piece).text())
        .collect(Collectors.joining());
  }

  private static List<ReplyPiece> others(List<ReplyPiece> pieces) {
    return pieces.stream().filter(piece -> !(piece instanceof ReplyPiece.Words)).toList();
  }

  @Example
  void callsComeBetweenTexts() {
    List<ReplyPiece> pieces = parse("Let me look.\n" + CALL + CALL + " Done.");
    assertThat(pieces)
        .containsExactly(
            new ReplyPiece.Words("Let me look."),
            new ReplyPiece.Call(new ToolCall("call_0", "weather", "{\"city\": \"K\\u00f6ln\"}")),
            new ReplyPiece.Call(new ToolCall("call_1", "weather", "{\"city\": \"K\\u00f6ln\"}")),
            new ReplyPiece.Words(" Done."));
  }

  @Example
  void theClosingTagMayBeMissingAtTheEnd() {
    String open = CALL.replace("</longcat_tool_call>", "");
    assertThat(parse(open)).singleElement().isInstanceOf(ReplyPiece.Call.class);
  }

  @Example
  void malformedCallsStayTextAfterAWarning() {
    for (String json :
        List.of(
            "",
            "weather",
            "{\"name\": \"a\"}",
            "{\"arguments\": {}}",
            "{\"name\": 1, \"arguments\": {}}",
            "{\"name\": \"a\", \"arguments\": \"{}\"}",
            "{\"name\": \"a\", \"arguments\": {\"b\": }}",
            "{\"name\": \"a\", \"arguments\": {}} {}",
            "{\"name\": \"a\", \"arguments\": {")) {
      String text = "<longcat_tool_call>" + json + "</longcat_tool_call>";
      List<ReplyPiece> pieces = parse("x " + text + " y");
      assertThat(words(pieces)).isEqualTo("x " + text + " y");
      assertThat(others(pieces)).singleElement().isInstanceOf(ReplyPiece.Malformed.class);
    }
  }

  @Property
  void theResultDoesNotDependOnThePortions(@ForAll("replies") String reply, @ForAll long seed) {
    Random random = new Random(seed);
    List<String> deltas = new ArrayList<>();
    for (int from = 0; from < reply.length(); ) {
      int to = from + 1 + random.nextInt(Math.min(6, reply.length() - from));
      deltas.add(reply.substring(from, to));
      from = to;
    }
    List<ReplyPiece> whole = parse(reply);
    List<ReplyPiece> portions = parse(deltas);
    assertThat(words(portions)).isEqualTo(words(whole));
    assertThat(others(portions)).isEqualTo(others(whole));
  }

  @Provide
  Arbitrary<String> replies() {
    return Arbitraries.of(
            CALL,
            "<longcat_tool_call>",
            "</longcat_tool_call>",
            "<longcat_tool",
            "_call>",
            "text",
            " ",
            "\n",
            "{",
            "}",
            "{\"name\": \"a\", \"arguments\": {\"b\": [1, 2]}}",
            "<")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }
}
