package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
  @TempDir Path folder;

  private Path write(String text) {
    return SafetensorsBytes.write(folder.resolve("config"), text.getBytes(StandardCharsets.UTF_8));
  }

  private ConfigFile json(String text) {
    return ConfigFile.json(write(text));
  }

  private ConfigFile yaml(String text) {
    return ConfigFile.yaml(write(text));
  }

  private void refuses(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.resolve("config").toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void values_are_read_by_their_types() {
    ConfigFile config =
        json(
            "{\"i\":3,\"d\":0.5,\"s\":\"x\",\"b\":true,\"is\":[1,2],\"ds\":[1,2.5],\"ss\":[\"a\"]}");

    assertThat(config.requireInt("i")).isEqualTo(3);
    assertThat(config.requireDouble("d")).isEqualTo(0.5);
    assertThat(config.requireDouble("i")).isEqualTo(3);
    assertThat(config.requireString("s")).isEqualTo("x");
    assertThat(config.requireBoolean("b")).isTrue();
    assertThat(config.requireInts("is")).containsExactly(1, 2);
    assertThat(config.requireDoubles("ds")).containsExactly(1.0, 2.5);
    assertThat(config.requireStrings("ss")).containsExactly("a");
    assertThat(config.keys()).containsExactly("i", "d", "s", "b", "is", "ds", "ss");
  }

  @Test
  void absent_and_null_values_take_the_default() {
    ConfigFile config = json("{\"null\":null}");

    assertThat(config.has("null")).isFalse();
    assertThat(config.intOr("null", 7)).isEqualTo(7);
    assertThat(config.doubleOr("absent", 0.5)).isEqualTo(0.5);
    assertThat(config.stringOr("absent", "x")).isEqualTo("x");
    assertThat(config.booleanOr("absent", true)).isTrue();
    assertThat(config.findChild("absent")).isEmpty();
    assertThat(config.findInts("null")).isEmpty();
  }

  @Test
  void a_missing_key_is_named_with_its_parents() {
    ConfigFile child = json("{\"a\":{\"b\":{\"n\":null}}}").child("a").child("b");

    refuses(() -> child.requireInt("c"), "a.b.c is missing");
    refuses(() -> child.requireInt("n"), "a.b.n is null");
    assertThat(child.describe()).endsWith("config: a.b");
  }

  @Test
  void a_value_of_another_type_is_shown() {
    ConfigFile config = json("{\"s\":\"many\",\"d\":1.5,\"big\":3000000000,\"l\":[1,\"x\"]}");

    refuses(() -> config.requireInt("s"), "s is \"many\"", "expected a whole number");
    refuses(() -> config.requireInt("d"), "d is 1.5", "expected a whole number");
    refuses(() -> config.requireInt("big"), "big is 3000000000", "32 bits");
    refuses(() -> config.requireDouble("s"), "s is \"many\"", "expected a finite number");
    refuses(() -> config.requireString("d"), "d is 1.5", "expected a text");
    refuses(() -> config.requireBoolean("d"), "d is 1.5", "expected true or false");
    refuses(() -> config.requireInts("l"), "l[1] is \"x\"", "expected a whole number");
    refuses(() -> config.requireInts("d"), "d is 1.5", "expected a list");
    refuses(() -> config.child("d"), "d is 1.5", "expected an object");
    refuses(() -> config.requireInt("l"), "l is a list of 2");
  }

  @Test
  void numbers_that_are_not_finite_are_refused_when_they_are_asked_for() {
    ConfigFile config = json("{\"nan\":NaN,\"infinite\":-Infinity,\"huge\":1e999}");

    refuses(() -> config.requireDouble("nan"), "nan is NaN");
    refuses(() -> config.requireDouble("infinite"), "infinite is -Infinity");
    refuses(() -> config.requireDouble("huge"), "huge is Infinity");
  }

  @Test
  void damaged_json_is_refused() {
    refuses(() -> json("{\"a\":"), "is not valid JSON");
    refuses(() -> json("{\"a\":1,\"a\":2}"), "is not valid JSON", "Duplicate");
    refuses(() -> json("{} 3"), "is not valid JSON");
    refuses(() -> json("[1]"), "holds no object");
    refuses(() -> json(""), "is not valid JSON");
    refuses(() -> json("[".repeat(100_000)), "is not valid JSON", "depth");
    refuses(() -> ConfigFile.json(folder.resolve("config").resolve("none")), "does not exist");
  }

  @Test
  void yaml_is_read_like_json() {
    ConfigFile codec =
        yaml("codec_config:\n  ratios: [8, 6]\n  type: '24k'\n  eps: 1e-5\n  1: x\n")
            .child("codec_config");

    assertThat(codec.requireInts("ratios")).containsExactly(8, 6);
    assertThat(codec.requireString("type")).isEqualTo("24k");
    assertThat(codec.requireDouble("eps")).isEqualTo(1e-5);
    assertThat(codec.requireString("1")).isEqualTo("x");
  }

  @Test
  void yaml_that_names_java_classes_is_refused() {
    refuses(
        () -> yaml("a: !!javax.script.ScriptEngineManager []"),
        "is not valid YAML",
        "javax.script");
  }

  @Test
  void damaged_yaml_is_refused() {
    refuses(() -> yaml("a: [1"), "is not valid YAML");
    refuses(() -> yaml("a: 1\na: 2"), "is not valid YAML", "duplicate");
    refuses(() -> yaml("just text"), "holds no object");
    refuses(() -> yaml("[".repeat(1000)), "is not valid YAML");
  }

  @Test
  void a_yaml_list_inside_itself_is_refused() {
    refuses(() -> yaml("a: &x [[*x], 1]"), "is not valid YAML", "contains itself, in line 1");
  }

  @Test
  void yaml_that_grows_by_aliases_is_refused() {
    StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 100; i++) {
      text.append(String.format("a%d: &a%d [*a%d, *a%d]%n", i, i, i - 1, i - 1));
    }

    refuses(() -> yaml(text.toString()), "is not valid YAML", "aliases");
  }

  @Test
  void a_configuration_in_memory_is_named_as_given() {
    ConfigFile config = ConfigFile.of("memory", java.util.Map.of("a", 1));

    assertThat(config.requireInt("a")).isEqualTo(1);
    assertThatThrownBy(() -> config.requireInt("b")).hasMessageContaining("memory: b is missing");
  }
}
