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
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and patterns made to make the reader crash, hang or take all memory. */
@Tag("once")
@Timeout(60)
class HostileTokenizerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path directory;
  private ObjectNode file;

  @BeforeEach
  void readTheFixture() throws IOException {
    file = (ObjectNode) MAPPER.readTree(TestData.bf16().resolve("tokenizer.json").toFile());
    Files.write(directory.resolve("tokenizer.json"), MAPPER.writeValueAsBytes(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?:", "(", "(?=", "(?i:", "(?>", "[", "[^", "a|(", "(?<n>"})
  void groups_nested_without_end_are_refused_by_name(String opening) throws IOException {
    String regex = opening.repeat(3000) + "a" + (opening.contains("[") ? "]" : ")").repeat(3000);

    assertThatThrownBy(() -> open(regex))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("pre_tokenizer")
        .hasMessageContaining(regex.substring(0, 20))
        .hasMessageContaining("nested more than 250 deep");
  }

  @Test
  void a_hundred_nested_groups_are_read() throws IOException {
    Tokenizer tokenizer = open("(?:".repeat(100) + "a" + ")".repeat(100));

    assertThat(tokenizer.decode(tokenizer.encode("banana"))).isEqualTo("banana");
  }

  @Test
  void a_pattern_of_many_elements_is_refused_before_it_is_compiled() {
    assertThatThrownBy(() -> open("[ab]".repeat(2001))).hasMessageContaining("2000 elements");
    assertThatThrownBy(() -> open("x".repeat(20_001))).hasMessageContaining("20001 characters");
    assertThatThrownBy(() -> open("a{100001}")).hasMessageContaining("100000");
    assertThatThrownBy(() -> open("a{9999999999}")).hasMessageContaining("100000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(.*?,?){20}b",
        "(?:a*a*a*a*a*a*a*)*b",
        "(?:a{1,50}){1,50}b",
        "a*a*a*a*a*a*a*a*b",
        "(?:a*a*a*a*a*a*a*)*(?=b)",
        "(?!a*a*a*a*a*a*a*a*b)a"
      })
  void a_pattern_that_goes_back_without_end_is_an_error_that_names_it(String regex)
      throws IOException {
    Tokenizer tokenizer = open(regex);

    assertThatThrownBy(() -> tokenizer.encode("a".repeat(150)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pattern " + regex + " too many steps");
  }

  /** What java.util.regex does in few steps, at least on some JDKs, however bad it looks. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a+)+b",
        "(?:a|a)*b",
        "(?:a|aa)+$b",
        "(.*)*b",
        "(x?a+x?a+)+y",
        "(?=(?:a|aa)+b)a",
        "(?:aa?)*[^a]",
        "(?:[a-z]|a.)+[A-Z]",
        "^(?:(?:[a-z])+.)+[A-Z]",
        "a*?b|a+",
        "a+$|b"
      })
  void a_pattern_that_looks_bad_gives_ids_or_an_error_that_names_it(String regex)
      throws IOException {
    Tokenizer tokenizer = open(regex);
    for (String text : new String[] {"a".repeat(40), "a".repeat(5000)}) {
      try {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
      } catch (InvalidRequestException e) {
        assertThat(e).hasMessageContaining("pattern " + regex);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)b",
        "(?:a*|b*){12}c",
        "((((((((((((a*)?)?)?)?)?)?)?)?)?)?)?)?b",
        "(?:(?:){1000}){1000}b",
        "a(?:(?:(?:|){6}){6})b",
        "(?:a(?:|){11}){2}b"
      })
  void a_pattern_that_matches_nothing_in_too_many_ways_is_refused(String regex) {
    assertThatThrownBy(() -> open(regex))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("ways to match nothing");
  }

  @Test
  void normalizers_are_bound_too() throws IOException {
    file.set("normalizer", MAPPER.readTree("{\"type\": \"Replace\", \"content\": \"x\"}"));
    ((ObjectNode) file.get("normalizer")).putObject("pattern").put("Regex", "a*a*a*a*a*a*a*a*b");

    assertThatThrownBy(() -> open().encode("a".repeat(150)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a*a*a*a*a*a*a*a*b")
        .hasMessageContaining("too many steps");
  }

  @Test
  void a_text_that_doubles_again_and_again_is_an_error() throws IOException {
    ObjectNode doubling = MAPPER.createObjectNode().put("type", "Replace").put("content", "aa");
    doubling.putObject("pattern").put("String", "a");
    ObjectNode sequence = MAPPER.createObjectNode().put("type", "Sequence");
    for (int i = 0; i < 60; i++) {
      sequence.withArray("normalizers").add(doubling);
    }
    file.set("normalizer", sequence);

    assertThatThrownBy(() -> open().encode("aaa"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pattern a ");
    doubling.put("content", "b".repeat(1_000_000));
    assertThatThrownBy(() -> open().encode("aaa".repeat(50)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("grows to more than");
  }

  @Test
  void an_added_token_that_almost_matches_everywhere_is_an_error() throws IOException {
    file.withArray("added_tokens")
        .addObject()
        .put("id", 700)
        .put("content", "a".repeat(20_000) + "b");

    assertThatThrownBy(() -> open().encode("a".repeat(300_000)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("added tokens");
  }

  @Test
  void white_space_that_many_tokens_strip_takes_linear_time() throws IOException {
    ObjectNode token = file.withArray("added_tokens").addObject();
    token.put("id", 700).put("content", "\n").put("rstrip", true).put("normalized", false);

    assertThat(open().encode("\n".repeat(400_000))).hasSize(400_000).containsOnly(700);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"})
  @DisabledOnOs(OS.WINDOWS)
  void a_pipe_is_refused_instead_of_waited_for(String name) throws Exception {
    Path pipe = directory.resolve(name);
    Files.deleteIfExists(pipe);
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(mkfifo.waitFor(20, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("a pipe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"})
  void a_directory_or_an_endless_file_is_refused(String name) throws IOException {
    Path path = directory.resolve(name);
    Files.deleteIfExists(path);
    Files.createDirectory(path);
    assertThatThrownBy(() -> Tokenizer.open(directory)).hasMessageContaining("is a directory");
    Files.delete(path);
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength((256L << 20) + 1);
    }

    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("268435457 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokenizer_config.json | [] | not a JSON object",
        "tokenizer_config.json | 5 | not a JSON object",
        "tokenizer_config.json | {\"added_tokens_decoder\": {\"x\": {}}} | the key x is not an id",
        "tokenizer_config.json | {\"additional_special_tokens\": [{\"content\": \"a\","
            + " \"lstrip\": 5}]} | lstrip is 5",
        "special_tokens_map.json | [] | not a JSON object"
      })
  void what_is_wrong_in_a_configuration_is_named(String name, String json, String message)
      throws IOException {
    Files.writeString(directory.resolve(name), json);

    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(message);
  }

  @Test
  void ids_that_leave_no_room_are_refused() throws IOException {
    file.withArray("added_tokens").addObject().put("id", Integer.MAX_VALUE).put("content", "<x>");
    assertThatThrownBy(this::open).hasMessageContaining("2147483646");
    ((ObjectNode) file.get("added_tokens").get(file.get("added_tokens").size() - 1))
        .put("id", Integer.MAX_VALUE - 1);
    assertThat(open().idBound()).isEqualTo(Integer.MAX_VALUE);
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"q_token\": \"<new>\"}");
    assertThatThrownBy(this::open)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("ids go up to");
  }

  /** Runs of neighbouring keys must not make other look-ups slow, nor many stand-ins a text. */
  @Test
  @Timeout(30)
  void categories_of_long_texts_are_looked_up_in_linear_time() {
    Map<Integer, String> standIns = new HashMap<>();
    for (int c = 0x2ebf0; c < 0x31000; c++) {
      standIns.put(c, "\ud840\udc00");
    }
    standIns.put(0xece, "\u0301");
    CategoryDrift drift = new CategoryDrift(standIns);

    assertThat(drift.shadow("\u0e01".repeat(4_000_000))).hasSize(4_000_000);
    assertThat(drift.shadow("\u0ece\ud83a\uddf0".repeat(500_000)))
        .isEqualTo("\u0301\ud83a\uddf0".repeat(500_000));
    assertThat(drift.shadow("\ud87a\udff0".repeat(500_000)))
        .isEqualTo("\ud840\udc00".repeat(500_000));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0x300, 0x870, 0x900, 0xe00, 0xe80, 0x1780, 0x1c80, 0x4e00, 0xac00, 0x10d40, 0x31350})
  void a_hundred_thousand_letters_of_any_script_are_encoded(int block) {
    int[] text = new int[100_000];
    Arrays.setAll(text, i -> block + i * 31 % 0x50);
    String letters = new String(text, 0, text.length);
    Tokenizer tokenizer = Tokenizer.open(TestData.bf16());

    assertThat(tokenizer.decode(tokenizer.encode(letters))).isEqualTo(letters);
  }

  private Tokenizer open(String regex) throws IOException {
    ObjectNode split = MAPPER.createObjectNode().put("type", "Split").put("behavior", "Isolated");
    split.putObject("pattern").put("Regex", regex);
    JsonNode bytes =
        MAPPER.readTree(
            "{\"type\": \"ByteLevel\", \"use_regex\": false, \"add_prefix_space\": false}");
    ObjectNode sequence = MAPPER.createObjectNode().put("type", "Sequence");
    sequence.putArray("pretokenizers").add(split).add(bytes);
    file.set("pre_tokenizer", sequence);
    return open();
  }

  private Tokenizer open() throws IOException {
    Files.write(directory.resolve("tokenizer.json"), MAPPER.writeValueAsBytes(file));
    return Tokenizer.open(directory);
  }
}
