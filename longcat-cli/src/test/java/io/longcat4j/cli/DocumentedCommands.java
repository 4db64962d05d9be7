package io.longcat4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands that documents tell the reader to type. */
final class DocumentedCommands {
  static final List<String> DOCUMENTS =
      List.of(
          "README.md",
          "docs/user-guide.md",
          "docs/getting-the-model.md",
          "docs/tiny-model.md",
          "docs/performance.md",
          "benchmarks/notes.md",
          "docs/scaling.md",
          "docs/top-k-attention.md",
          "docs/voice-activity.md");

  private static final Pattern LINE =
      Pattern.compile("    (\\$ )?(?:(?:echo|printf) [\"'](.*)[\"'] \\| )?\\./longcat (.*)");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /** What is not run, by what it begins with or contains, and why. */
  static final Map<Pattern, String> LEFT_OUT =
      Map.of(
          Pattern.compile("^pull "), "asks a hub; PullCommandTest has one",
          Pattern.compile("^serve\\b"), "runs until it is told to stop; ServeCommandTest tells it",
          Pattern.compile("^bench "), "measures for minutes; each has a test with small sizes",
          Pattern.compile("^chat .*--mic"), "needs a microphone; SpokenChatTest plays one",
          Pattern.compile("^evaluate long.jsonl "), "needs what tools/attention-study writes",
          Pattern.compile("^evaluate(?!.*--limit)"),
              "asks 275 questions; the build does so elsewhere");

  private DocumentedCommands() {}

  /**
   * A command.
   *
   * @param document that tells it
   * @param input piped into it, or nothing
   * @param text as typed
   * @param isShown whether its answer stands below, which DocumentedAnswersIT compares
   */
  record Command(String document, String input, String text, boolean isShown) {
    List<String> words() {
      List<String> words = new ArrayList<>();
      Matcher matcher = WORD.matcher(text);
      while (matcher.find()) {
        words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
      }
      return words;
    }

    Optional<String> leftOut() {
      return LEFT_OUT.entrySet().stream()
          .filter(entry -> entry.getKey().matcher(text).find())
          .map(Map.Entry::getValue)
          .findFirst();
    }

    @Override
    public String toString() {
      return document + ": " + text;
    }
  }

  static Stream<Command> all() {
    return DOCUMENTS.stream().flatMap(DocumentedCommands::in);
  }

  static Stream<Command> in(String document) {
    return read(document)
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(
            line ->
                new Command(
                    document,
                    Optional.ofNullable(line.group(2)).orElse(""),
                    line.group(3).replaceFirst(" +#.*", "").strip(),
                    line.group(1) != null && line.group(2) == null));
  }

  static String read(String document) {
    try {
      return Files.readString(CommandRun.ROOT.resolve(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
