package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.cli.DocumentedCommands.Command;
import io.longcat4j.testing.TestData;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the packaged program with every command of the documents as it stands there, in their order,
 * in a directory with samples and test sets. Those whose answers are shown are
 * DocumentedAnswersIT's. Under the names of what was published lie fixtures of its layout.
 */
@Tag("once")
class DocumentedCommandsIT {
  private static final Path JAR = Path.of(System.getProperty("longcat.jar", "target/longcat.jar"));
  private static final Map<String, Path> FILES =
      Map.of(
          "samples", CommandRun.ROOT.resolve("samples"),
          "testdata", CommandRun.ROOT.resolve("testdata"),
          "LongCat-Flash-Omni", TestData.bf16(),
          "golden", TestData.golden(TestData.bf16()));

  @TempDir private static Path folder;

  static List<Command> commands() {
    Map<String, Command> commands = new LinkedHashMap<>();
    DocumentedCommands.all()
        .filter(command -> command.leftOut().isEmpty() && !command.isShown())
        .forEach(command -> commands.putIfAbsent(command.input() + command.text(), command));
    return List.copyOf(commands.values());
  }

  @BeforeAll
  static void run() throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    for (Map.Entry<String, Path> file : FILES.entrySet()) {
      Files.createSymbolicLink(work.resolve(file.getKey()), file.getValue().toAbsolutePath());
    }
    linkCodec(work.resolve("LongCat-Audio-Codec"));
    Files.writeString(work.resolve("prompts.txt"), "What can you do?\n");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Fakes of tests must not be found beside it.
    line.addAll(List.of("-cp", runner() + File.pathSeparator + JAR.toAbsolutePath()));
    line.addAll(List.of(DocumentedCommandRunner.class.getName(), CommandRun.ROOT.toString()));
    line.add(folder.toString());
    List<Command> commands = commands();
    for (int i = 0; i < commands.size(); i++) {
      Path file = folder.resolve("command-" + i);
      List<String> words = new ArrayList<>(List.of(commands.get(i).input()));
      words.addAll(commands.get(i).words());
      Files.write(file, words);
      line.add(file.toString());
    }
    Path printed = JAR.resolveSibling("documented-commands.txt");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder
        .environment()
        .put("LONGCAT_TINY_CACHE", JAR.resolveSibling("tiny-cache").toAbsolutePath().toString());
    assertThat(builder.start().waitFor()).as(Files.readString(printed)).isZero();
    try (Stream<Path> made = Files.walk(work)) {
      for (Path link : made.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  /** An encoder of one fixture and a decoder of another, in one directory. */
  private static void linkCodec(Path codec) throws Exception {
    Files.createDirectory(codec);
    try (Stream<Path> files = Files.list(TestData.codecEncoder())) {
      for (Path file : files.toList()) {
        Files.createSymbolicLink(codec.resolve(file.getFileName()), file.toAbsolutePath());
      }
    }
    Path decoder = TestData.bf16().resolve("audio_codec");
    Files.createSymbolicLink(codec.resolve("audio_codec"), decoder.toAbsolutePath());
  }

  private static Path runner() throws Exception {
    String name = DocumentedCommandRunner.class.getName().replace('.', '/') + ".class";
    Path copy = folder.resolve("classes").resolve(name);
    Files.createDirectories(copy.getParent());
    try (var content = DocumentedCommandRunner.class.getClassLoader().getResourceAsStream(name)) {
      Files.copy(content, copy);
    }
    return folder.resolve("classes");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_command_works_as_written(Command command) throws Exception {
    String name = "command-" + commands().indexOf(command);
    assertThat(folder.resolve(name + ".code"))
        .as(Files.readString(folder.resolve(name + ".err")))
        .hasContent("0");
  }

  @Test
  void what_is_not_run_is_still_documented() {
    DocumentedCommands.LEFT_OUT.forEach(
        (pattern, reason) ->
            assertThat(DocumentedCommands.all())
                .as(reason)
                .anyMatch(command -> pattern.matcher(command.text()).find()));
    assertThat(commands()).hasSizeGreaterThan(25);
  }
}
