package io.longcat4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedVocabulariesTest {
  private static final Path RECORDED = TestData.file("tokenizer");

  @ParameterizedTest
  @ValueSource(strings = {"deepseek_v3", "gpt4o", "qwen3"})
  void gives_the_ids_of_the_tokenizers_library(String name, @TempDir Path scratch)
      throws IOException {
    Path vocabulary = RECORDED.resolve(name);
    Tokenizer tokenizer = RecordedVocabularies.openZipped(vocabulary, scratch);

    compare(
        name,
        tokenizer,
        RecordedVocabularies.strings(RECORDED),
        RecordedVocabularies.expectedIds(vocabulary));
  }

  @Test
  @EnabledIfSystemProperty(named = "longcat.tokenizer.full", matches = ".+")
  void gives_the_ids_of_the_tokenizers_library_with_whole_vocabularies() throws IOException {
    Path folder = Path.of(System.getProperty("longcat.tokenizer.full"));
    String[] strings = RecordedVocabularies.strings(folder);
    List<Path> vocabularies = RecordedVocabularies.vocabularies(folder);

    assertThat(vocabularies).isNotEmpty();
    for (Path vocabulary : vocabularies) {
      compare(
          vocabulary.getFileName().toString(),
          Tokenizer.open(vocabulary),
          strings,
          RecordedVocabularies.expectedIds(vocabulary));
    }
  }

  private static void compare(
      String name, Tokenizer tokenizer, String[] strings, List<int[]> expected) {
    assertThat(expected).hasSameSizeAs(strings).hasSizeGreaterThan(2000);
    List<String> otherwise = new ArrayList<>();
    for (int i = 0; i < strings.length; i++) {
      int[] ids = tokenizer.encode(strings[i]);
      if (!Arrays.equals(ids, expected.get(i))) {
        otherwise.add(strings[i] + " gives " + Arrays.toString(ids));
      }
    }
    assertThat(otherwise).as(name).isEmpty();
  }
}
