package io.longcat4j.media;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.MediaSource;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Files that {@code tools/media-corpus} has made, with what the references read from them. */
final class Corpus {
  private final Path folder;
  private final JsonNode expected;

  private Corpus(Path folder, JsonNode expected) {
    this.folder = folder;
    this.expected = expected;
  }

  static Corpus of(String kind) {
    Path folder = TestData.file("media-corpus").resolve(kind);
    try {
      return new Corpus(
          folder, new ObjectMapper().readTree(folder.resolve("expected.json").toFile()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Stream<String> readable() {
    return expected.properties().stream()
        .filter(file -> !file.getValue().has("refused"))
        .map(Map.Entry::getKey);
  }

  Stream<String> refused() {
    return expected.properties().stream()
        .filter(file -> file.getValue().has("refused"))
        .map(Map.Entry::getKey);
  }

  JsonNode expected(String name) {
    return expected.get(name);
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  byte[] bytes(String name) {
    try {
      return Files.readAllBytes(path(name));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  MediaSource source(String name) {
    return MediaSource.of(path(name));
  }
}
