package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Strings and the ids that the tokenizers library gave them, in a folder on disk. */
final class RecordedVocabularies {
  private RecordedVocabularies() {}

  static String[] strings(Path folder) throws IOException {
    return new ObjectMapper()
        .readValue(unzipped(folder.resolve("strings.json.gz")), String[].class);
  }

  static List<int[]> expectedIds(Path vocabulary) throws IOException {
    String text =
        new String(unzipped(vocabulary.resolve("expected-ids.txt.gz")), StandardCharsets.US_ASCII);
    return text.lines()
        .map(line -> Stream.of(line.split(" ")).filter(id -> !id.isEmpty()))
        .map(ids -> ids.mapToInt(Integer::parseInt).toArray())
        .toList();
  }

  static Tokenizer openZipped(Path vocabulary, Path scratch) throws IOException {
    Files.write(
        scratch.resolve("tokenizer.json"), unzipped(vocabulary.resolve("tokenizer.json.gz")));
    return Tokenizer.open(scratch);
  }

  static List<Path> vocabularies(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> Files.exists(child.resolve("expected-ids.txt.gz")))
          .sorted()
          .toList();
    }
  }

  private static byte[] unzipped(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }
}
