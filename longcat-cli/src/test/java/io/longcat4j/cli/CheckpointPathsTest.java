package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint is found however its directory is written, by every command that takes one. */
@Tag("once")
final class CheckpointPathsTest {
  private static final String NAME =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")).newEncoder().canEncode("öß")
          ? "größe und 模型"
          : "two words";

  private static final String FAILED = "failed: ";

  @TempDir Path temporary;
  private Path folder;
  private Path checkpoint;

  /** As download tools leave it: each file is a link to one of a folder beside it. */
  @BeforeEach
  void a_cache_of_links() throws IOException {
    folder = temporary.toRealPath();
    Path blobs = Files.createDirectories(folder.resolve("hub/blobs"));
    checkpoint = Files.createDirectories(folder.resolve("hub/snapshots").resolve(NAME));
    Path source = TestData.bf16();
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String relative = source.relativize(file).toString();
        Path blob = Files.copy(file, blobs.resolve(relative.replace('/', '+')));
        Path link = checkpoint.resolve(relative);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, link.getParent().relativize(blob));
      }
    }
    Files.createSymbolicLink(folder.resolve("current"), checkpoint);
  }

  /** Commands on a checkpoint that is written as asked; the golden numbers lie in it. */
  private static List<Object[]> commands(String written, String output) {
    List<Object[]> commands = new ArrayList<>();
    commands.add(new Object[] {"plan", "--model", written});
    commands.add(
        new Object[] {"generate", "-q", "--model", written, "--max-new-tokens", "2", "Hi"});
    if (written.equals(".")) {
      commands.add(new Object[] {"describe", "--model", written});
      commands.add(new Object[] {"verify", written, written + "/golden"});
    }
    String[] quantize = {"quantize", "--precision", "int8", "--no-comparison", "--quiet"};
    commands.add(
        Stream.concat(Stream.of(quantize), Stream.of("--model", written, "--output", output))
            .toArray());
    commands.add(new Object[] {"plan", "--model", output});
    return commands;
  }

  private static List<String> failures(String written, String output) {
    List<String> failures = new ArrayList<>();
    for (Object[] command : commands(written, output)) {
      CommandRun run = CommandRun.of(command);
      if (run.exitCode() != 0) {
        failures.add(FAILED + List.of(command) + run.out() + run.err());
      }
    }
    return failures;
  }

  @Test
  void links_and_winding_ways_with_blanks_and_letters_of_all_kinds() {
    Path here = Path.of("").toAbsolutePath();
    String relative = here.relativize(checkpoint).toString();

    assertThat(failures(relative + "/", folder.resolve("out 1").toString())).isEmpty();
    for (String written :
        List.of(
            checkpoint + "/",
            relative + "/../" + NAME,
            "./" + relative + "/.",
            folder.resolve("current").toString(),
            folder.resolve("current") + "/.",
            here.relativize(folder) + "/./current")) {
      CommandRun run = CommandRun.of("plan", "--model", written);
      assertThat(run.exitCode()).as(written + run.err()).isZero();
    }
  }

  @Test
  void the_working_directory() throws Exception {
    assertThat(runIn(checkpoint, ".", "../../../out 2")).isEmpty();
  }

  @Test
  void a_directory_above_the_working_directory() throws Exception {
    assertThat(runIn(checkpoint.resolve("vision"), "..", folder.resolve("out 3").toString()))
        .isEmpty();
  }

  private static String runIn(Path directory, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dlongcat.repository.root=" + CommandRun.ROOT,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Commands.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().filter(line -> line.startsWith(FAILED)).reduce("", String::concat);
  }

  /** A process of its own, as a working directory cannot be changed. */
  static final class Commands {
    private Commands() {}

    public static void main(String[] arguments) {
      failures(arguments[0], arguments[1]).forEach(System.out::println);
    }
  }
}
