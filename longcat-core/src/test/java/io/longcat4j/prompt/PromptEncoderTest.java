package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Audio;
import io.longcat4j.CheckpointException;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromptEncoderTest {
  private static final Path ANY_FILE = Path.of("any");
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final PromptEncoder OMNI = new PromptEncoder(TOKENIZER, true);
  private static final PromptEncoder TEXT_ONLY = new PromptEncoder(TOKENIZER, false);

  @Test
  void looks_special_ids_up_in_the_vocabulary() {
    SpecialTokens tokens = OMNI.tokens();

    assertThat(tokens.eos()).isEqualTo(2);
    assertThat(tokens.pad()).hasValue(3);
    assertThat(tokens.pause()).isEqualTo(137);
    assertThat(tokens.audioPad()).isEqualTo(136);
    assertThat(tokens.imagePad()).isEqualTo(142);
  }

  @ParameterizedTest
  @EnumSource
  void a_marker_written_by_a_person_is_plain_text(Marker marker) {
    String spelled = "a" + marker.text() + "b" + marker.token() + "c</longcat_s><longcat_s>";
    int[] control = OMNI.tokens().controlIds();

    for (Role role : List.of(Role.SYSTEM, Role.ASSISTANT, Role.USER)) {
      Prompt prompt = Prompt.of(new Message(role, List.of(Text.of(spelled))), Message.user("x"));
      int ends = role == Role.USER ? 0 : 1;
      int[] ids = OMNI.encode(prompt, List.of(), false).ids();

      assertThat(count(ids, control)).isEqualTo(ends);
      assertThat(TOKENIZER.decode(ids)).contains(spelled);
    }
  }

  @Test
  void a_placeholder_written_by_a_person_takes_no_row() {
    Prompt prompt =
        Prompt.user(Text.of("<|image_pad|>"), Image.of(ANY_FILE), Text.of("<mask_118>"));

    EncodedPrompt encoded = OMNI.encode(prompt, List.of(new MediaLayout.OfImage(5)), false);

    assertThat(count(encoded.ids(), OMNI.tokens().imagePad())).isEqualTo(5);
    assertThat(encoded.media()).hasSize(1);
    encoded.media().get(0).requireRows(5, 0);
  }

  @Test
  void rows_that_do_not_fit_the_placeholders_are_refused() {
    Prompt prompt = Prompt.user(Audio.of(ANY_FILE));
    EncodedPrompt encoded = OMNI.encode(prompt, List.of(new MediaLayout.OfAudio(7)), true);

    assertThatThrownBy(() -> encoded.media().get(0).requireRows(0, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 rows of sound do not fit 7 placeholders");
    assertThatThrownBy(() -> encoded.media().get(0).requireRows(1, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 rows of picture do not fit 0 placeholders");
  }

  @Test
  void layouts_that_do_not_belong_to_the_parts_are_refused() {
    Prompt image = Prompt.user(Image.of(ANY_FILE));
    MediaLayout layout = new MediaLayout.OfImage(1);

    assertThatThrownBy(() -> OMNI.encode(image, List.of(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more media parts than layouts");
    assertThatThrownBy(() -> OMNI.encode(image, List.of(layout, layout), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 layouts are more");
    assertThatThrownBy(() -> OMNI.encode(Prompt.user(Audio.of(ANY_FILE)), List.of(layout), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no layout of a part of type Audio");
  }

  @Test
  void every_part_of_a_system_message_is_ended() {
    Message system = new Message(Role.SYSTEM, List.of(Text.of("a"), Text.of("b")));

    assertThat(OMNI.encode(Prompt.of(system, Message.user("c")), List.of(), true).text())
        .isEqualTo("SYSTEM:a</longcat_s>b</longcat_s>\nUSER:c\nVOICE ASSISTANT:");
  }

  @Test
  void text_only_checkpoints_read_numbered_rounds() {
    Prompt prompt =
        Prompt.builder().system("Be kind.").user("Hi").assistant("Hello").user("Bye").build();

    EncodedPrompt encoded = TEXT_ONLY.encode(prompt, List.of(), false);

    assertThat(encoded.text())
        .isEqualTo(
            "SYSTEM:Be kind. [Round 0] USER:Hi ASSISTANT:Hello</longcat_s> [Round 1] USER:Bye"
                + " ASSISTANT:");
    assertThat(encoded.ids()).isEqualTo(TOKENIZER.encode(encoded.text()));
    assertThat(TEXT_ONLY.encode(Prompt.user("Hi"), List.of(), false).text())
        .isEqualTo("[Round 0] USER:Hi ASSISTANT:");
  }

  @Test
  void a_person_cannot_end_a_message_of_a_text_only_checkpoint() {
    int[] ids = TEXT_ONLY.encode(Prompt.user("Hi</longcat_s>"), List.of(), false).ids();

    assertThat(count(ids, TEXT_ONLY.tokens().eos())).isZero();
  }

  private static final Prompt TOOLS =
      Prompt.builder()
          .tools(
              new Tool(
                  "weather",
                  "Tells the weather.",
                  "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"),
              Tool.of("time", "Tells the time."))
          .system("Be kind.")
          .user("Rain in Bonn?")
          .add(
              new Message(
                  Role.ASSISTANT,
                  List.of(
                      Text.of("Let me look."),
                      new ToolCall("call_0", "weather", "{\"city\": \"Bonn\"}"),
                      new ToolCall("call_1", "time", "{}"))))
          .tool("{\"rain\": true}")
          .tool("9:00")
          .build();

  private static final String DECLARED =
      """
      ## Tools
      You have access to the following tools:\s

      ### Tool namespace: function

      #### Tool name: weather

      Description: Tells the weather.

      InputSchema:\s
      {
        "type": "object",
        "properties": {
          "city": {
            "type": "string"
          }
        },
        "required": [
          "city"
        ]
      }

      #### Tool name: time

      Description: Tells the time.

      InputSchema:\s
      {
        "type": "object",
        "properties": {}
      }

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

  private static final String CALLS =
      """
      Let me look.<longcat_tool_call>
      {"name": "weather", "arguments": {"city": "Bonn"}}
      </longcat_tool_call><longcat_tool_call>
      {"name": "time", "arguments": {}}
      </longcat_tool_call></longcat_s>""";

  @Test
  void tools_are_declared_before_all_messages_as_the_model_card_says() {
    EncodedPrompt encoded = TEXT_ONLY.encode(TOOLS, List.of(), false);

    assertThat(encoded.text())
        .isEqualTo(
            DECLARED
                + "SYSTEM:Be kind. [Round 0] USER:Rain in Bonn? ASSISTANT:"
                + CALLS
                + " TOOL:{\"rain\": true} TOOL:9:00 ASSISTANT:");
    assertThat(TOKENIZER.decode(encoded.ids())).isEqualTo(encoded.text());
  }

  @Test
  void omni_checkpoints_read_the_same_tools_in_their_own_format() {
    EncodedPrompt encoded = OMNI.encode(TOOLS, List.of(), false);

    assertThat(encoded.text())
        .isEqualTo(
            DECLARED
                + "SYSTEM:Be kind.</longcat_s>\nUSER:Rain in Bonn?\nASSISTANT:"
                + CALLS
                + "\nTOOL:{\"rain\": true}\nTOOL:9:00\nASSISTANT:");
    assertThat(count(encoded.ids(), OMNI.tokens().eos())).isEqualTo(2);
  }

  @Test
  void parameters_that_are_no_schema_are_refused_with_the_name_of_the_tool() {
    for (String parameters : List.of("{", "[]", "", "{} {}")) {
      Prompt prompt =
          Prompt.builder().tools(new Tool("weather", "", parameters)).user("Hi").build();
      assertThatThrownBy(() -> TEXT_ONLY.encode(prompt, List.of(), false))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("parameters of the tool weather");
    }
  }

  @Test
  void text_only_checkpoints_refuse_media_and_speech() {
    Prompt image = Prompt.user(Image.of(ANY_FILE));

    assertThatThrownBy(() -> TEXT_ONLY.encode(image, List.of(new MediaLayout.OfImage(1)), false))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("A part of type Image was given, but this checkpoint is text-only");
    assertThatThrownBy(() -> TEXT_ONLY.encode(Prompt.user("Hi"), List.of(), true))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Speech was asked for");
  }

  @Test
  void a_vocabulary_without_reserved_entries_is_text_only(@TempDir Path directory)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode file =
        (ObjectNode) mapper.readTree(TestData.bf16().resolve("tokenizer.json").toFile());
    ((ObjectNode) file.get("model").get("vocab")).remove("<mask_113>");
    ArrayNode kept = mapper.createArrayNode();
    file.get("added_tokens")
        .forEach(
            token -> {
              if (!token.get("content").textValue().equals("<mask_113>")) {
                kept.add(token);
              }
            });
    file.set("added_tokens", kept);
    Files.write(directory.resolve("tokenizer.json"), mapper.writeValueAsBytes(file));
    Tokenizer tokenizer = Tokenizer.open(directory);

    assertThat(new PromptEncoder(tokenizer, false).tokens().eos()).isEqualTo(2);
    assertThatThrownBy(() -> new PromptEncoder(tokenizer, true))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("<mask_113>")
        .hasMessageContaining("</pause>");
  }

  private static long count(int[] ids, int... wanted) {
    return Arrays.stream(ids).filter(id -> IntStream.of(wanted).anyMatch(w -> w == id)).count();
  }
}
