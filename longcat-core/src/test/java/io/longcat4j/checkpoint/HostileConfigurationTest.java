package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Short or plain texts that mean something without end. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class HostileConfigurationTest {
  private static Map<String, ?> yaml(String text) {
    return ConfigParser.yaml("config.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, ?> json(String text) {
    return ConfigParser.json("config.json", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Each level is three times the one before. */
  private static String tripled(int levels, String use) {
    StringBuilder text = new StringBuilder("l0: &l0 [1]\n");
    for (int i = 1; i <= levels; i++) {
      text.append("l%d: &l%d [*l%d, *l%d, *l%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    return text + use.formatted(levels);
  }

  private static String merged(int levels) {
    StringBuilder text = new StringBuilder("m0: &m0 {a: 1}\n");
    for (int i = 1; i <= levels; i++) {
      text.append("m%d: &m%d {<<: [*m%d, *m%d, *m%d]}\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    return text.toString();
  }

  static Stream<Arguments> yamls() {
    return Stream.of(
        Arguments.of("3^11 values by aliases", tripled(11, ""), "aliases make more than"),
        Arguments.of(
            "3^11 values in a key", tripled(11, "? *l%d\n: 1\n"), "aliases make more than"),
        Arguments.of("an alias as a key", "a: &a [1]\n? *a\n: 1\n", "a key is no text"),
        Arguments.of("3^11 values by merging", merged(11), "aliases make more than"),
        Arguments.of("60 aliases", tripled(20, ""), "aliases"),
        Arguments.of("a key that contains itself", "&a ? *a\n: 1\n", "config.yaml"),
        Arguments.of("a key in a list that contains itself", "&a [{? *a : 1}]\n", "config.yaml"),
        Arguments.of("a list that contains itself", "a: &a [*a]\n", "contains itself"),
        Arguments.of("a mapping that contains itself", "&a {b: *a}\n", "contains itself"),
        Arguments.of("200,000 digits", "a: !!int " + "9".repeat(200_000), "a number has"),
        Arguments.of("a thousand digits", "a: " + "9".repeat(1_000), "a number has more than"),
        Arguments.of("a key of digits", "9".repeat(5_000) + ": 1", "config.yaml"),
        Arguments.of(
            "as many digits behind a point", "a: !!float 0." + "9".repeat(200_000), "a number"),
        Arguments.of("binary digits", "a: 0b" + "1".repeat(1_000), "a number has more than"),
        Arguments.of("base 60", "a: 1" + ":59".repeat(300), "a number has more than"),
        Arguments.of("a tagged number", "a: !!int '" + "9".repeat(100_000) + "'", "a number has"),
        Arguments.of("nested lists", "a: " + "[".repeat(100_000), "config.yaml"),
        Arguments.of("nested blocks", "- ".repeat(100_000) + "a", "config.yaml"),
        Arguments.of("nested keys", "? ".repeat(100_000) + "a", "config.yaml"),
        Arguments.of("a language type", "a: !!java.net.URL [\"http://localhost\"]", "config.yaml"),
        Arguments.of("a key twice", "a: 1\na: 2\n", "duplicate key a"),
        Arguments.of("two documents", "a: 1\n---\nb: 1\n", "config.yaml"),
        Arguments.of("nothing", "", "holds no object"),
        Arguments.of("a text", "abc", "holds no object"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("yamls")
  void yaml_that_means_too_much_is_refused(String name, String text, String reason) {
    assertThatThrownBy(() -> yaml(text))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("config.yaml", reason)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(5_000));
  }

  @Test
  void aliases_and_merged_keys_of_sensible_size_are_read() {
    Map<String, ?> read =
        yaml("base: &base {rate: 24000, sizes: &s [1, 2]}\nother:\n  <<: *base\n  more: *s\n");

    assertThat(read.get("other").toString()).contains("rate=24000", "sizes=[1, 2]", "more=[1, 2]");
  }

  @Test
  void files_longer_than_any_configuration_are_refused_unread(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("config.yaml"), "a: " + "9".repeat(3_200_000));

    assertThatThrownBy(() -> ConfigFile.yaml(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(file.toString(), "3200003 bytes", "262144");
  }

  @Test
  void digits_without_end_that_no_tag_calls_a_number_are_a_text() {
    assertThat(yaml("a: " + "9".repeat(200_000)).get("a")).isInstanceOf(String.class);
  }

  static Stream<Arguments> jsons() {
    return Stream.of(
        Arguments.of("nested lists", "{\"a\":" + "[".repeat(100_000)),
        Arguments.of("nested objects", "{\"a\":".repeat(100_000)),
        Arguments.of("a million digits", "{\"a\":" + "9".repeat(1_000_000) + "}"),
        Arguments.of("a long key", "{\"" + "k".repeat(1_000_000) + "\":1}"),
        Arguments.of("a key twice", "{\"a\":1,\"a\":2}"),
        Arguments.of("many values", "{\"a\":[" + "0,".repeat(3_000_000) + "0]}"),
        Arguments.of("more behind the end", "{} {}"),
        Arguments.of("no object", "[1]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jsons")
  void json_that_means_too_much_is_refused(String name, String text) {
    assertThatThrownBy(() -> json(text))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("config.json")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(10_000));
  }
}
