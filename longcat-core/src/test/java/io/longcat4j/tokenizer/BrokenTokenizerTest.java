package io.longcat4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenTokenizerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path directory;
  private ObjectNode file;

  @BeforeEach
  void readTheFixture() throws IOException {
    file = (ObjectNode) MAPPER.readTree(TestData.bf16().resolve("tokenizer.json").toFile());
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tokenizer.json does not exist");
  }

  @Test
  void a_truncated_file_is_refused_wherever_it_ends() throws IOException {
    byte[] whole = MAPPER.writeValueAsBytes(file);
    for (int length = 0; length < whole.length; length += 997) {
      Files.write(directory.resolve("tokenizer.json"), Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> Tokenizer.open(directory))
          .as("%d bytes", length)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("tokenizer.json");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "normalizer | {\"type\": \"Precompiled\"} | normalizer: Precompiled is not supported",
        "pre_tokenizer | {\"type\": \"Metaspace\"} | pre_tokenizer: Metaspace is not supported",
        "pre_tokenizer | {\"type\": \"Split\"} | Regex is missing",
        "pre_tokenizer | {\"no\": \"type\"} | type is missing",
        "pre_tokenizer | {\"type\": \"Sequence\"} | pretokenizers is missing",
        "pre_tokenizer | {\"type\": \"ByteLevel\", \"use_regex\": 1} | use_regex is 1",
        "decoder | {\"type\": \"WordPiece\"} | decoder: WordPiece is not supported",
        "decoder | null | one ByteLevel decoder is expected",
        "model | null | an object is expected",
        "model | {\"type\": \"Unigram\"} | type Unigram is not supported",
        "model | {\"vocab\": {}} | merges is missing",
        "model | {\"merges\": []} | vocab is missing",
        "model | {\"vocab\": {\"a\": -1}, \"merges\": []} | vocab gives a no id",
        "model | {\"vocab\": {\"a\": \"x\"}, \"merges\": []} | vocab gives a no id",
        "model | {\"vocab\": {\"a\": 99999999999}, \"merges\": []} | not valid JSON",
        "model | {\"vocab\": [], \"merges\": []} | vocab is not an object",
        "model | {\"vocab\": {\"a\": 0}, \"merges\": {}} | merges is not a list",
        "model | {\"vocab\": {\"a\": 0}, \"merges\": [\"a\"]} | merge 0 is a where",
        "model | {\"vocab\": {\"a\": 0}, \"merges\": [[\"a\"]]} | merge 0 is a, null where",
        "model | {\"vocab\": {\"a\": 0}, \"merges\": [1]} | merge 0 is null",
        "model | {\"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]} | needs the token b",
        "model | {\"vocab\": {\"a\": 0}, \"merges\": [\"a a\"]} | needs the token aa",
        "model | {\"vocab\": {}, \"merges\": [], \"unk_token\": \"u\"} | unk_token u is not in vocab",
        "added_tokens | [{\"id\": -5, \"content\": \"x\"}] | id is -5",
        "added_tokens | [{\"id\": 5}] | content is missing"
      })
  void what_cannot_be_used_is_named(String key, String json, String message) throws IOException {
    file.set(key, MAPPER.readTree(json));

    assertThatThrownBy(this::open)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a**", "+a", "(a", "a)", "[a", "(?x)a", "(a)\\1", "\\p{Nonsense}", "\\pL", "\\p{}",
            "[[:alpha:]]",
        "\\k<a>", "\\X", "\\R", "\\G", "a{3,1}", "[z-a]", "\\x{110000}", "\\x{}", "\\", "[a-\\d]",
            "(?<a"
      })
  void patterns_that_cannot_be_translated_are_refused(String regex) throws IOException {
    ObjectNode split = MAPPER.createObjectNode().put("type", "Split").put("behavior", "Isolated");
    split.putObject("pattern").put("Regex", regex);
    file.set("pre_tokenizer", split);

    assertThatThrownBy(this::open)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("pre_tokenizer")
        .hasMessageContaining(regex);
  }

  @Test
  void a_pattern_that_runs_out_of_stack_is_an_error_of_the_request() throws IOException {
    ObjectNode split = MAPPER.createObjectNode().put("type", "Split").put("behavior", "Isolated");
    split.putObject("pattern").put("Regex", "(?:a|b|cd)+");
    file.set("pre_tokenizer", split);
    Tokenizer tokenizer = open();

    assertThatThrownBy(() -> tokenizer.encode("ab".repeat(2_000_000)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("stack");
  }

  @Test
  void a_broken_tokenizer_config_is_refused() throws IOException {
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": ");

    assertThatThrownBy(this::open)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tokenizer_config.json is not valid JSON");
  }

  @Test
  void tokens_of_the_tokenizer_config_are_added() throws IOException {
    JsonNode config =
        MAPPER.readTree(
            "{\"eos_token\": {\"content\": \"Ġthe\"}, \"pad_token\": null, \"added_tokens_decoder\":"
                + " {\"900\": {\"content\": \"<tool>\", \"special\": false}}}");
    Files.write(directory.resolve("tokenizer_config.json"), MAPPER.writeValueAsBytes(config));

    Tokenizer tokenizer = open();

    assertThat(tokenizer.tokenOfRole("eos_token")).hasValue("Ġthe");
    assertThat(tokenizer.tokenOfRole("pad_token")).isEmpty();
    assertThat(tokenizer.encode("<tool>")).containsExactly(900);
    assertThat(tokenizer.asPlainText().encode("<tool>")).containsExactly(900);
    assertThat(tokenizer.asPlainText(900).encode("<tool>")).hasSizeGreaterThan(1);
    assertThat(tokenizer.vocabSize()).isEqualTo(641);
    assertThat(tokenizer.idBound()).isEqualTo(901);
  }

  @Test
  void a_whole_word_is_never_taken_for_a_control_token_in_plain_text() throws IOException {
    ObjectNode model = (ObjectNode) file.get("model");
    model.put("ignore_merges", true);
    file.set(
        "pre_tokenizer",
        MAPPER.readTree(
            "{\"type\": \"ByteLevel\", \"use_regex\": false, \"add_prefix_space\": false}"));
    Tokenizer plain = open().asPlainText();

    assertThat(plain.encode("</longcat_s>"))
        .doesNotContain(2)
        .satisfies(ids -> assertThat(plain.decode(ids)).isEqualTo("</longcat_s>"));
  }

  private Tokenizer open() throws IOException {
    Files.writeString(
        directory.resolve("tokenizer.json"),
        MAPPER.writeValueAsString(file),
        StandardCharsets.UTF_8);
    return Tokenizer.open(directory);
  }
}
