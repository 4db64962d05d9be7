package io.longcat4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What JBang finds by the catalog must be there: programs, and the artifacts they need. */
@Tag("once")
class JBangCatalogTest {
  private static final Path SOURCES = Path.of("samples/src/main/java");
  private static final Pattern IMPORT = Pattern.compile("^import (\\S+);$", Pattern.MULTILINE);
  private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");
  private static final Pattern NAMED = Pattern.compile("`?\\bjbang ([a-z]+)");

  static Set<Map.Entry<String, JsonNode>> programs() {
    return catalog().properties();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void a_program_has_a_main_method(Map.Entry<String, JsonNode> program) throws Exception {
    Path source = SOURCES.relativize(source(program.getValue()));
    String name = source.toString().replaceFirst("\\.java$", "").replace('/', '.');
    int modifiers = Class.forName(name).getMethod("main", String[].class).getModifiers();
    assertThat(Modifier.isStatic(modifiers)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void an_artifact_is_a_module_of_this_version(Map.Entry<String, JsonNode> program) {
    String version = first(VERSION, read(Path.of("samples/pom.xml")));
    assertThat(dependencies(program.getValue()))
        .isNotEmpty()
        .allSatisfy(
            artifact -> {
              String[] parts = artifact.split(":");
              assertThat(parts).hasSize(3).startsWith("io.longcat4j").endsWith(version);
              assertThat(read(Path.of("pom.xml"))).contains("<module>" + parts[1] + "</module>");
            });
  }

  /** All that such a program may import comes with the one dependency. */
  @ParameterizedTest
  @MethodSource("programs")
  void a_program_needs_nothing_that_is_not_named(Map.Entry<String, JsonNode> program) {
    assertThat(dependencies(program.getValue()))
        .allMatch(artifact -> artifact.startsWith("io.longcat4j:longcat-all:"));
    assertThat(IMPORT.matcher(read(source(program.getValue()))).results())
        .extracting((MatchResult match) -> match.group(1))
        .allMatch(name -> name.matches("javax?\\..*|io\\.longcat4j\\.[A-Z]\\w*"));
  }

  @Test
  void the_documents_name_programs_of_the_catalog() {
    Set<String> known = programs().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    List<String> named =
        Stream.of("README.md", "samples/README.md")
            .flatMap(document -> NAMED.matcher(read(Path.of(document))).results())
            .map(match -> match.group(1))
            .toList();
    assertThat(named).contains("hello");
    assertThat(known).containsAll(named);
  }

  private static JsonNode catalog() {
    try {
      return new ObjectMapper().readTree(read(Path.of("jbang-catalog.json"))).get("aliases");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path source(JsonNode alias) {
    return Path.of(alias.get("script-ref").asText());
  }

  private static List<String> dependencies(JsonNode alias) {
    return alias.get("dependencies").valueStream().map(JsonNode::asText).toList();
  }

  private static String first(Pattern pattern, String text) {
    return pattern.matcher(text).results().findFirst().orElseThrow().group(1);
  }

  private static String read(Path file) {
    try {
      return Files.readString(TestData.root().resolve(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
