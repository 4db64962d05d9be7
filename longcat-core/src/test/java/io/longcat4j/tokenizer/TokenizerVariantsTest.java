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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class TokenizerVariantsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> encode_and_decode_as_the_tokenizers_library_does() throws IOException {
    JsonNode recorded = recorded();
    List<String> strings = new ArrayList<>();
    recorded.get("strings").forEach(string -> strings.add(string.textValue()));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode variant : recorded.get("variants")) {
      tests.add(
          DynamicTest.dynamicTest(
              variant.get("name").textValue(),
              () -> compare(open(recorded.get("tokenizer"), variant), strings, variant)));
    }
    assertThat(tests).hasSizeGreaterThan(60);
    return tests.stream();
  }

  private Tokenizer open(JsonNode base, JsonNode variant) throws IOException {
    ObjectNode file = base.deepCopy();
    file.setAll((ObjectNode) variant.get("overlay"));
    Files.write(scratch.resolve("tokenizer.json"), MAPPER.writeValueAsBytes(file));
    return Tokenizer.open(scratch);
  }

  private static void compare(Tokenizer tokenizer, List<String> strings, JsonNode variant) {
    List<String> otherwise = new ArrayList<>();
    for (int i = 0; i < strings.size(); i++) {
      String string = strings.get(i);
      int[] expected = ids(variant.get("ids").get(i).textValue());
      String text = variant.get("decodedOtherwise").path(Integer.toString(i)).asText(string);
      int[] ids = tokenizer.encode(string);
      if (!Arrays.equals(ids, expected)) {
        otherwise.add(string + " gives " + Arrays.toString(ids));
      }
      if (!tokenizer.decode(expected).equals(text)) {
        otherwise.add(string + " comes back as " + tokenizer.decode(expected));
      }
    }
    assertThat(otherwise).isEmpty();
  }

  private static int[] ids(String line) {
    return Stream.of(line.split(" ", -1))
        .filter(id -> !id.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static JsonNode recorded() throws IOException {
    Path file = TestData.file("tokenizer").resolve("variants.json.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return MAPPER.readTree(in);
    }
  }
}
