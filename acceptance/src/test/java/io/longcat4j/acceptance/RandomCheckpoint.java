package io.longcat4j.acceptance;

import io.longcat4j.LongCat;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;

/** The checkpoint of random weights: it reads, sees, hears and speaks, and means nothing by it. */
final class RandomCheckpoint {
  static final Path ROOT = Path.of(System.getProperty("longcat.repository.root", ".."));

  private RandomCheckpoint() {}

  static Path directory() {
    return TestData.bf16();
  }

  static Path media(String name) {
    return ROOT.resolve("samples/media").resolve(name);
  }

  static LongCat.Builder builder() {
    return LongCat.builder().model(directory()).threads(2).contextLength(1000);
  }
}
