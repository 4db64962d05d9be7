package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.cli.demo.DemoCase;
import io.longcat4j.cli.demo.DemoFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents tell the reader to type must be understood. */
class DocumentsTest {
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @TempDir Path folder;

  static Stream<String> commands() {
    return Stream.of(
            "README.md",
            "docs/user-guide.md",
            "docs/getting-the-model.md",
            "docs/tiny-model.md",
            "docs/performance.md",
            "benchmarks/notes.md",
            "docs/scaling.md",
            "docs/top-k-attention.md",
            "docs/voice-activity.md")
        .flatMap(document -> read(document).lines())
        .map(line -> line.replaceFirst("^    \\$ ", "    "))
        .filter(line -> line.startsWith("    ./longcat "))
        .filter(line -> !line.contains("[") && !line.contains("|"))
        .map(line -> line.replaceFirst(" +#.*", "").strip());
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
  void every_command_is_understood(String command) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(command.replaceFirst("^./longcat ", ""));
    while (matcher.find()) {
      words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    LongCatCommand.commandLine(
            new Terminal(nowhere, nowhere, false), new Home(Optional.of(CommandRun.ROOT)))
        .parseArgs(words.toArray(new String[0]));
  }

  @Test
  void the_example_of_a_case_file_is_understood() throws Exception {
    String guide = read("docs/user-guide.md");
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
    Matcher matcher = LINK.matcher(read(document));
    while (matcher.find()) {
      assertThat(base.resolve(matcher.group(1))).exists();
    }
  }

  private static String read(String document) {
    try {
      return Files.readString(CommandRun.ROOT.resolve(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
