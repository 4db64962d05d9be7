package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.cli.demo.DemoCase;
import io.longcat4j.cli.demo.DemoFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents tell the reader to type must be understood. */
@Tag("once")
class DocumentsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @TempDir Path folder;

  static Stream<DocumentedCommands.Command> commands() {
    return DocumentedCommands.all();
  }

  static Stream<String> documents() {
    return Stream.of(
        "README.md",
        "docs/user-guide.md",
        "docs/getting-the-model.md",
        "docs/performance.md",
        "benchmarks/notes.md",
        "benchmarks/figures.md",
        "docs/troubleshooting.md",
        "docs/tiny-model.md",
        "docs/scaling.md",
        "docs/top-k-attention.md",
        "docs/voice-activity.md",
        "docs/spring-and-langchain4j.md",
        "docs/deploy/README.md",
        "longcat-tiny/README.md",
        "tools/tiny/README.md",
        "samples/README.md");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_is_understood(DocumentedCommands.Command command) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    LongCatCommand.commandLine(
            new Terminal(nowhere, nowhere, false), new Home(Optional.of(CommandRun.ROOT)))
        .parseArgs(command.words().toArray(new String[0]));
  }

  @Test
  void the_example_of_a_case_file_is_understood() throws Exception {
    String guide = DocumentedCommands.read("docs/user-guide.md");
    int start = guide.indexOf("```json\n") + "```json\n".length();
    Path file = folder.resolve("cases.json");
    Files.writeString(file, guide.substring(start, guide.indexOf("```", start)));
    Files.writeString(folder.resolve("question.wav"), "");
    Files.writeString(folder.resolve("sky.png"), "");
    List<DemoCase> cases = DemoFile.read(file);
    assertThat(cases).isNotEmpty().allSatisfy(one -> assertThat(one.failure()).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_link_leads_somewhere(String document) throws Exception {
    Path base = CommandRun.ROOT.resolve(document).getParent();
    Matcher matcher = LINK.matcher(DocumentedCommands.read(document));
    while (matcher.find()) {
      assertThat(base.resolve(matcher.group(1))).exists();
    }
  }
}
