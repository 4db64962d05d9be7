package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the documents show as an answer is what the packaged program answers. With {@code
 * -Dlongcat.documents.update=true} the documents are written anew, with the figures of the model
 * card and the sound that the README links to.
 */
@Tag("once")
class DocumentedAnswersIT {
  private static final boolean UPDATE = Boolean.getBoolean("longcat.documents.update");
  private static final Path JAR = Path.of(System.getProperty("longcat.jar", "target/longcat.jar"));
  private static final Pattern SHOWN =
      Pattern.compile("    \\$ ./longcat (.*)\n((?:    (?!\\$).*\n)*)");

  /** The command stands in a comment, which may have no two dashes, so that an option has one. */
  private static final Pattern FIGURES =
      Pattern.compile("(<!-- figures: (.*) -->\n)[^<]*(<!-- end of figures -->)");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir private Path work;

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/user-guide.md", "docs/tiny-model.md"})
  void shown_answers_are_true(String document) throws Exception {
    Files.createSymbolicLink(work.resolve("samples"), CommandRun.ROOT.resolve("samples"));
    Path file = CommandRun.ROOT.resolve(document);
    String shown = Files.readString(file);
    String answered = replaceAnswers(shown);
    if (UPDATE) {
      Files.writeString(file, replaceFigures(answered));
      keepSound();
    } else {
      assertThat(answered).isEqualTo(shown);
    }
  }

  @Test
  void the_readme_shows_answers_and_links_to_a_sound() throws Exception {
    String readme = Files.readString(CommandRun.ROOT.resolve("README.md"));
    assertThat(SHOWN.matcher(readme).results()).hasSizeGreaterThan(3);
    assertThat(readme).contains("(samples/media/tiny/answer.wav)");
    assertThat(CommandRun.ROOT.resolve("samples/media/tiny/answer.wav")).isNotEmptyFile();
  }

  private String replaceAnswers(String document) throws Exception {
    Matcher matcher = SHOWN.matcher(document);
    StringBuilder replaced = new StringBuilder();
    while (matcher.find()) {
      String answer = run(matcher.group(1)).indent(4);
      matcher.appendReplacement(
          replaced,
          Matcher.quoteReplacement("    $ ./longcat " + matcher.group(1) + "\n" + answer));
    }
    return matcher.appendTail(replaced).toString();
  }

  private String replaceFigures(String document) throws Exception {
    Matcher matcher = FIGURES.matcher(document);
    StringBuilder replaced = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(
          replaced,
          Matcher.quoteReplacement(
              matcher.group(1)
                  + "\n"
                  + run(matcher.group(2).replace(" -", " --"))
                  + "\n"
                  + matcher.group(3)));
    }
    return matcher.appendTail(replaced).toString();
  }

  private void keepSound() throws IOException {
    Path sound = work.resolve("answer.wav");
    if (Files.exists(sound)) {
      Files.copy(
          sound,
          CommandRun.ROOT.resolve("samples/media/tiny/answer.wav"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What the command prints to standard output. */
  private String run(String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dlongcat.home=" + CommandRun.ROOT);
    command.addAll(List.of("-jar", JAR.toString()));
    Matcher word = WORD.matcher(arguments);
    while (word.find()) {
      command.add(word.group(1) != null ? word.group(1) : word.group(2));
    }
    File errors = work.resolve("errors").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectError(errors);
    builder
        .environment()
        .put("LONGCAT_TINY_CACHE", JAR.resolveSibling("tiny-cache").toAbsolutePath().toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors.toPath())).isZero();
    return output;
  }
}
