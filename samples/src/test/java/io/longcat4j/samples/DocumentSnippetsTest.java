package io.longcat4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compiles every Java snippet of the documents and runs it as it stands, in a directory where the
 * files it names are: the shipped checkpoint and sample media under the names of the documents.
 */
class DocumentSnippetsTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final Map<String, Path> FILES =
      Map.of(
          "LongCat-Flash-Omni", TestData.bf16(),
          "LongCat-Flash-Chat", TestData.bf16(),
          "LongCat-Audio-Codec", TestData.codecEncoder(),
          "samples", TestData.root().resolve("samples"),
          "photo.png", TestData.media("photo_533x377.png"),
          "cat.png", TestData.media("photo_533x377.png"),
          "chart.png", TestData.media("alpha_260x180.png"),
          "clip.mp4", TestData.media("wurenche_3s.mp4"),
          "question.wav", TestData.media("audio_question_3s.wav"));

  /** A snippet, and the class that it becomes. */
  private record Snippet(String name, String code) {
    private static Stream<Snippet> of(String document) {
      String prefix = document.replaceAll("\\W", "_");
      List<String> codes =
          SNIPPET
              .matcher(read(TestData.root().resolve(document)))
              .results()
              .map((MatchResult match) -> match.group(1))
              .toList();
      return Stream.iterate(0, i -> i < codes.size(), i -> i + 1)
          .map(i -> new Snippet(prefix + "_" + (i + 1), codes.get(i)));
    }

    private String program() {
      Map<Boolean, String> lines =
          code.lines()
              .collect(
                  Collectors.partitioningBy(
                      line -> line.startsWith("import "), Collectors.joining("\n")));
      return lines.get(true)
          + ("\npublic class " + name + " implements java.util.concurrent.Callable<String> {\n")
          + ("  public String call() throws Exception {\n" + lines.get(false))
          + "\nreturn null; } }";
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @TempDir private static Path folder;

  static List<Snippet> snippets() {
    List<Snippet> snippets =
        Stream.of("README.md", "docs/user-guide.md", "samples/README.md")
            .flatMap(Snippet::of)
            .toList();
    assertThat(snippets).hasSizeGreaterThan(10);
    return snippets;
  }

  @BeforeAll
  static void compileAndRun() throws Exception {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    Path work = Files.createDirectory(folder.resolve("work"));
    for (Map.Entry<String, Path> file : FILES.entrySet()) {
      Files.createSymbolicLink(work.resolve(file.getKey()), file.getValue());
    }
    compile(classes);
    run(classes, work);
    for (String link : FILES.keySet()) {
      Files.delete(work.resolve(link));
    }
  }

  private static void compile(Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    List<Source> sources = snippets().stream().map(Source::new).toList();
    compiler.getTask(null, null, problems, options, null, sources).call();
    assertThat(problems.getDiagnostics()).isEmpty();
  }

  private static void run(Path classes, Path work) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Djava.awt.headless=true",
            // What a web server says of itself is no complaint.
            "-Dorg.slf4j.simpleLogger.log.org.eclipse.jetty=warn",
            "-Dio.longcat4j.tiny.cache=" + System.getProperty("io.longcat4j.tiny.cache", ""),
            "-cp",
            classes + System.getProperty("path.separator") + System.getProperty("java.class.path"),
            SnippetRunner.class.getName(),
            folder.toString()));
    snippets().forEach(snippet -> command.add(snippet.name()));
    Path printed = folder.resolve("process");
    Process process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor()).as(read(printed)).isZero();
    assertThat(read(printed)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void aSnippetRunsAndComplainsOfNothing(Snippet snippet) {
    assertThat(folder.resolve(snippet.name() + ".out")).exists();
    assertThat(read(folder.resolve(snippet.name() + ".err"))).isEmpty();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(Snippet snippet) {
      super(URI.create("string:///" + snippet.name() + ".java"), Kind.SOURCE);
      this.code = snippet.program();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
