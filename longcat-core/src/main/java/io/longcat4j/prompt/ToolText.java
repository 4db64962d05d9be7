package io.longcat4j.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import java.util.List;

/**
 * Tools and their calls as LongCat-Flash reads and writes them, after the model card of
 * LongCat-Flash-Chat: the declarations come before all messages, under {@code ## Tools}, and the
 * conversation follows under {@code ## Messages}; a call is a JSON object with {@code name} and
 * {@code arguments} between two tags.
 *
 * <p>The card does not say how results are given back, nor how the Omni checkpoint, whose card has
 * no tools, is to read any of this. Results are written as messages of a speaker {@code TOOL:}, and
 * Omni prompts take the same declarations before their first message.
 */
final class ToolText {
  static final String CALL_START = "<longcat_tool_call>";
  static final String CALL_END = "</longcat_tool_call>";

  private static final String NOTE =
      """
      **Note**: For each function call, return a json object with function name and arguments within \
      <longcat_tool_call></longcat_tool_call> XML tags as follows:
      <longcat_tool_call>
      {"name": <function-name>, "arguments": <args-dict>}
      </longcat_tool_call>
      When multiple functions need to be called simultaneously, each function call should be wrapped \
      in its own <longcat_tool_call> tag and placed consecutively. For example:
      <longcat_tool_call>
      {"name": <function-name>, "arguments": <args-dict>}
      </longcat_tool_call><longcat_tool_call>
      {"name": <function-name>, "arguments": <args-dict>}
      </longcat_tool_call>

      ## Messages
      """;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private ToolText() {}

  /** Writes what comes before the messages; nothing where there are no tools. */
  static void declare(List<Tool> tools, PromptBuilder builder) {
    if (tools.isEmpty()) {
      return;
    }
    StringBuilder text =
        new StringBuilder("## Tools\nYou have access to the following tools: \n\n")
            .append("### Tool namespace: function\n\n");
    for (Tool tool : tools) {
      text.append("#### Tool name: ").append(tool.name());
      text.append("\n\nDescription: ").append(tool.description());
      text.append("\n\nInputSchema: \n").append(indented(tool)).append("\n\n");
    }
    builder.quoteLater(text.toString());
    builder.formatLater(NOTE);
    builder.flush();
  }

  /** Writes a call of an earlier reply. */
  static void call(ToolCall call, PromptBuilder builder) {
    builder.formatLater(CALL_START + "\n");
    builder.quoteLater(
        "{\"name\": \""
            + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(call.name()))
            + "\", \"arguments\": "
            + call.arguments()
            + "}");
    builder.formatLater("\n" + CALL_END);
  }

  private static String indented(Tool tool) {
    try {
      JsonNode schema = JSON.readTree(tool.parameters());
      if (schema == null || !schema.isObject()) {
        throw new InvalidRequestException(
            "The parameters of the tool "
                + tool.name()
                + " are no JSON object; pass a JSON Schema");
      }
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      Separators separators =
          Separators.createDefaultInstance()
              .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
              .withObjectEmptySeparator("")
              .withArrayEmptySeparator("");
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
      printer.indentArraysWith(lines);
      printer.indentObjectsWith(lines);
      return JSON.writer(printer).writeValueAsString(schema);
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          "The parameters of the tool "
              + tool.name()
              + " are no JSON ("
              + e.getOriginalMessage()
              + "); pass a JSON Schema",
          e);
    }
  }
}
