package io.longcat4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SpecialTokensTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static JsonNode recorded;

  @TempDir Path folder;

  @BeforeAll
  static void read() throws IOException {
    Path file = TestData.file("tokenizer").resolve("specials.json.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      recorded = MAPPER.readTree(in);
    }
  }

  @Test
  void tokens_that_strip_and_overlap_are_found_as_the_tokenizers_library_finds_them()
      throws IOException {
    List<String> otherwise = new ArrayList<>();
    int compared = 0;
    for (JsonNode set : recorded.get("flags")) {
      ObjectNode file = recorded.get("tokenizer").deepCopy();
      file.setAll((ObjectNode) set.get("overlay"));
      write("tokenizer.json", file);
      otherwise.addAll(differences(Tokenizer.open(folder), set));
      compared += set.get("cases").size();
    }
    assertThat(otherwise).isEmpty();
    assertThat(compared).isGreaterThan(2000);
  }

  @TestFactory
  Stream<DynamicTest> special_tokens_are_found_wherever_they_are_declared() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode declared : recorded.get("declared")) {
      tests.add(DynamicTest.dynamicTest(declared.get("name").textValue(), () -> compare(declared)));
    }
    assertThat(tests).hasSizeGreaterThan(30);
    return tests.stream();
  }

  private void compare(JsonNode declared) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    ObjectNode file = recorded.get("tokenizer").deepCopy();
    ((ObjectNode) file.get("model")).set("vocab", recorded.get("declaredVocab"));
    write("tokenizer.json", file);
    for (Map.Entry<String, JsonNode> each : declared.get("files").properties()) {
      write(each.getKey(), each.getValue());
    }

    Tokenizer tokenizer = Tokenizer.open(folder);

    assertThat(differences(tokenizer, declared)).isEmpty();
    Set<Integer> special = new TreeSet<>();
    declared.get("special").forEach(id -> special.add(id.intValue()));
    for (JsonNode each : declared.get("cases")) {
      int[] ids = tokenizer.asPlainText().encode(each.get(0).textValue());
      assertThat(IntStream.of(ids)).noneMatch(special::contains);
    }
  }

  private static List<String> differences(Tokenizer tokenizer, JsonNode of) {
    List<String> otherwise = new ArrayList<>();
    for (JsonNode each : of.get("cases")) {
      int[] ids = tokenizer.encode(each.get(0).textValue());
      if (!java.util.Arrays.equals(ids, ints(each.get(1)))) {
        otherwise.add(
            each + " gives " + java.util.Arrays.toString(ids) + " with " + of.path("overlay"));
      }
    }
    return otherwise;
  }

  private static int[] ints(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
  }

  private void write(String name, JsonNode content) throws IOException {
    Files.write(folder.resolve(name), MAPPER.writeValueAsBytes(content));
  }
}
