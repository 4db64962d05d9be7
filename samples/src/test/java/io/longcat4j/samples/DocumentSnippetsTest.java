package io.longcat4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles every Java snippet of the documents. */
class DocumentSnippetsTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path classes;

  static Stream<String> snippets() throws IOException {
    List<String> snippets = new ArrayList<>();
    for (String document : List.of("README.md", "docs/user-guide.md", "samples/README.md")) {
      SNIPPET
          .matcher(Files.readString(TestData.root().resolve(document)))
          .results()
          .map((MatchResult match) -> match.group(1))
          .forEach(snippets::add);
    }
    assertThat(snippets).hasSizeGreaterThan(4);
    return snippets.stream();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void aSnippetCompiles(String snippet) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    boolean compiled =
        compiler
            .getTask(
                null,
                null,
                problems,
                List.of(
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                List.of(new Source(program(snippet))))
            .call();
    assertThat(problems.getDiagnostics()).isEmpty();
    assertThat(compiled).isTrue();
  }

  private static String program(String snippet) {
    String imports =
        snippet.lines().filter(DocumentSnippetsTest::isImport).collect(Collectors.joining("\n"));
    String body = snippet.lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
    return imports + "\nclass Snippet { void run() throws Exception {\n" + body + "\n} }";
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(String code) {
      super(URI.create("string:///Snippet.java"), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
