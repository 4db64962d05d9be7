package io.longcat4j.tiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackingTest {
  private static final Map<String, String> FILES =
      new TreeMap<>(Map.of("config.json", "{}", "audio/encoder.pt", "ears", "audio/empty", ""));

  @TempDir private Path cache;
  private final AtomicInteger opened = new AtomicInteger();
  private final Artifact artifact = artifact(FILES);

  @Test
  void a_model_is_unpacked_once() throws Exception {
    Path directory = unpack();
    assertThat(directory).hasParent(cache).hasFileName("tiny-" + artifact.id());
    assertThat(contents(directory)).isEqualTo(FILES);
    assertThat(unpack()).isEqualTo(directory);
    assertThat(opened).hasValue(FILES.size());
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void versions_lie_beside_each_other() throws Exception {
    Path first = unpack();
    Path second = new Unpacking(artifact(Map.of("config.json", "[]")), cache).run();
    assertThat(second).isNotEqualTo(first).hasParent(cache);
    assertThat(contents(first)).isEqualTo(FILES);
  }

  @Test
  void a_damaged_file_is_noticed_and_replaced() throws Exception {
    Files.writeString(unpack().resolve("audio/encoder.pt"), "eers");
    assertThat(contents(unpack())).isEqualTo(FILES);
    Files.writeString(unpack().resolve("config.json"), "{");
    assertThat(contents(unpack())).isEqualTo(FILES);
    Files.delete(unpack().resolve("audio/empty"));
    assertThat(contents(unpack())).isEqualTo(FILES);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void what_a_killed_process_left_behind_does_not_matter() throws Exception {
    for (String suffix : List.of("new", "old")) {
      Path part = cache.resolve("tiny-" + artifact.id() + "." + suffix);
      Files.createDirectories(part.resolve("audio"));
      Files.writeString(part.resolve("audio/stranger"), "half a fi");
    }
    assertThat(contents(unpack())).isEqualTo(FILES);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void nobody_sees_a_part_of_it() throws Exception {
    Artifact slow =
        new Artifact(
            artifact.id(),
            artifact.files(),
            path -> {
              assertThat(cache.resolve("tiny-" + artifact.id())).doesNotExist();
              return artifact.resources().open(path);
            });
    assertThat(contents(new Unpacking(slow, cache).run())).isEqualTo(FILES);
  }

  @Test
  void those_who_come_together_wait_for_one() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<Path>> all =
          IntStream.range(0, 8).mapToObj(i -> pool.submit(this::unpack)).toList();
      for (Future<Path> one : all) {
        assertThat(contents(one.get())).isEqualTo(FILES);
      }
    } finally {
      pool.shutdown();
    }
    assertThat(opened).hasValue(FILES.size());
  }

  @Test
  void a_damaged_artifact_is_named_and_leaves_nothing_to_be_taken_for_whole() {
    Artifact damaged =
        new Artifact(
            artifact.id(),
            artifact.files(),
            path -> new ByteArrayInputStream("noise".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> new Unpacking(damaged, cache).run())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("longcat-tiny is damaged: audio/empty");
    assertThat(cache.resolve("tiny-" + artifact.id())).doesNotExist();
  }

  @Test
  void a_chosen_directory_that_cannot_be_written_is_an_error() throws Exception {
    Path file = Files.writeString(cache.resolve("file"), "");
    assertThatThrownBy(() -> artifact.directory(new CacheDirectory(Optional.of(file), true)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("cannot be unpacked to " + file)
        .hasMessageContaining("io.longcat4j.tiny.cache")
        .hasMessageContaining("LONGCAT_TINY_CACHE");
  }

  @Test
  void in_the_place_of_the_usual_directory_a_temporary_one_will_do() throws Exception {
    Path file = Files.writeString(cache.resolve("file"), "");
    for (Optional<Path> usual : List.of(Optional.<Path>empty(), Optional.of(file))) {
      Path directory = artifact.directory(new CacheDirectory(usual, false));
      assertThat(contents(directory)).isEqualTo(FILES);
      assertThat(directory).startsWith(Path.of(System.getProperty("java.io.tmpdir")));
    }
  }

  @Test
  void a_build_without_a_model_says_so() {
    assertThatThrownBy(() -> Artifact.of("", path -> null))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("holds no model");
  }

  private Path unpack() throws IOException {
    return new Unpacking(artifact, cache).run();
  }

  private Artifact artifact(Map<String, String> files) {
    StringBuilder list = new StringBuilder();
    files.forEach(
        (path, text) -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          String sha256 = HexFormat.of().formatHex(ModelFile.newDigest().digest(bytes));
          CRC32 crc32 = new CRC32();
          crc32.update(bytes);
          list.append(sha256 + " " + Long.toHexString(crc32.getValue()));
          list.append(" " + bytes.length + " " + path + "\n");
        });
    return Artifact.of(
        list.toString(),
        path -> {
          opened.incrementAndGet();
          return new ByteArrayInputStream(files.get(path).getBytes(StandardCharsets.UTF_8));
        });
  }

  private static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            directory.relativize(file).toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return contents;
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> all = Files.list(cache)) {
      return all.filter(path -> path.toString().matches(".*\\.(new|old)")).toList();
    }
  }
}
