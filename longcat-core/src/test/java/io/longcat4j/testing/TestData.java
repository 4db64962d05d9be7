package io.longcat4j.testing;

import java.nio.file.Path;

/** Where checkpoints, expected numbers and media for tests lie in the repository. */
public final class TestData {
  private static final Path ROOT = Path.of(System.getProperty("longcat.repository.root", ".."));

  private TestData() {}

  /** The repository. */
  public static Path root() {
    return ROOT;
  }

  /** The BF16 fixture checkpoint: random weights, two shards, 24 kHz codec. */
  public static Path bf16() {
    return GeneratedCheckpoint.of(file("random-bf16"));
  }

  /** The FP8 fixture checkpoint: random weights, one shard, 16 kHz codec, deltas. */
  public static Path fp8() {
    return GeneratedCheckpoint.of(file("random-fp8"));
  }

  /** A codec encoder of random weights, with what the reference computes from them. */
  public static Path codecEncoder() {
    return GeneratedCheckpoint.of(file("random-codec-encoder"));
  }

  /** Expected numbers of a fixture checkpoint. */
  public static Path golden(Path checkpoint) {
    return checkpoint.resolve("golden");
  }

  /** Pictures, sounds and videos. */
  public static Path media(String name) {
    return ROOT.resolve("samples/media").resolve(name);
  }

  /** A video without a sound track. */
  public static Path silentVideo() {
    return ROOT.resolve("longcat-media/src/test/resources/media/grey.mp4");
  }

  /** Other expected values. */
  public static Path file(String name) {
    return ROOT.resolve("testdata").resolve(name);
  }
}
