package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no file, or too large a one, where a file of a checkpoint should be. */
@Tag("once")
@EnabledOnOs({OS.LINUX, OS.MAC})
final class OddFilesTest {
  private static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "model.safetensors.index.json",
          "model_00001-of-00002.safetensors",
          "audio/audio_embeddings.pt",
          "audio/audio_output_layers.pt");

  /** Without these there is less to read, but nothing is missing. */
  private static final Set<String> OPTIONAL =
      Set.of("generation_config.json", "model.safetensors.index.json");

  @TempDir Path folder;

  /** Puts something where a file is expected. */
  private interface Odd {
    void put(Path place) throws Exception;
  }

  private record Kind(String name, Odd odd) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("a pipe", OddFilesTest::pipe),
          new Kind("a directory", Files::createDirectory),
          new Kind("a link to a device", place -> link(place, "/dev/zero")),
          new Kind("a link to a file of the kernel", place -> link(place, "/proc/self/mem")),
          new Kind("a link to itself", place -> link(place, place.toString())),
          new Kind("a link to nothing", place -> link(place, "nothing")),
          new Kind("a socket", OddFilesTest::socket),
          new Kind("an empty file", Files::createFile),
          new Kind("8 TB of zeros", OddFilesTest::zeros));

  static Stream<Arguments> files() {
    return FILES.stream().flatMap(file -> KINDS.stream().map(kind -> Arguments.of(kind, file)));
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource("files")
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void what_is_no_file_is_refused_at_once(Kind kind, String file) throws Exception {
    Path place = fixtureWithout(file);
    kind.odd().put(place);
    boolean isOptional = OPTIONAL.contains(file);
    if (isOptional && !Files.exists(place)) {
      read(folder);
      return;
    }
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.toString())
        .satisfies(e -> assertThat(e.getMessage()).hasSizeBetween(40, 1_000));
  }

  private static void read(Path folder) {
    Checkpoint checkpoint = Checkpoint.open(folder);
    checkpoint.audioEmbeddings();
    checkpoint.audioOutputLayers();
  }

  private Path fixtureWithout(String left) throws IOException {
    Path source = TestData.bf16().toAbsolutePath();
    Files.createDirectory(folder.resolve("audio"));
    for (String file :
        List.of(
            "config.json",
            "model.safetensors.index.json",
            "model_00001-of-00002.safetensors",
            "model_00002-of-00002.safetensors",
            "audio/audio_embeddings.pt",
            "audio/audio_output_layers.pt")) {
      if (!file.equals(left)) {
        take(source.resolve(file), folder.resolve(file));
      }
    }
    return folder.resolve(left);
  }

  private static void take(Path file, Path to) throws IOException {
    try {
      Files.createLink(to, file);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(file, to);
    }
  }

  private static void pipe(Path place) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", place.toString()).start().waitFor()).isZero();
  }

  private static void link(Path place, String target) throws IOException {
    Files.createSymbolicLink(place, Path.of(target));
  }

  private static void socket(Path place) throws IOException {
    Path near = Files.createTempDirectory("s").resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(near));
      Files.move(near, place);
    }
    Files.deleteIfExists(near.getParent());
  }

  private static void zeros(Path place) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(place.toFile(), "rw")) {
      file.setLength(8L << 40);
    }
  }
}
