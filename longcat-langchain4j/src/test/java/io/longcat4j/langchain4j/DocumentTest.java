package io.longcat4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles what the document shows. */
@Tag("once")
class DocumentTest {
  private static final Path DOCUMENT =
      Path.of(System.getProperty("longcat.repository.root"), "docs/spring-and-langchain4j.md");
  private static final Pattern SNIPPET =
      Pattern.compile("```java\n(try \\(LongCat.*?)```", Pattern.DOTALL);
  private static final List<String> IMPORTS =
      List.of(
          "dev.langchain4j.data.message.*",
          "dev.langchain4j.model.chat.ChatModel",
          "dev.langchain4j.model.chat.request.ChatRequest",
          "dev.langchain4j.model.chat.response.ChatResponse",
          "io.longcat4j.LongCat",
          "io.longcat4j.langchain4j.*",
          "java.nio.file.Path");

  @TempDir private Path classes;

  @Test
  void theSnippetCompiles() throws IOException {
    Matcher snippet = SNIPPET.matcher(Files.readString(DOCUMENT));
    assertThat(snippet.find()).isTrue();
    String code =
        IMPORTS.stream().map(name -> "import " + name + ";\n").collect(Collectors.joining())
            + "class Snippet { void run() throws Exception {\n"
            + snippet.group(1)
            + "}}";
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ToolProvider.getSystemJavaCompiler()
        .getTask(
            null,
            null,
            told,
            List.of("-proc:none", "-classpath", classPath, "-d", classes.toString()),
            null,
            List.of(source(code)))
        .call();
    assertThat(told.getDiagnostics()).isEmpty();
    assertThat(classes.resolve("Snippet.class")).exists();
  }

  private static JavaFileObject source(String code) {
    return new SimpleJavaFileObject(
        URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
      }
    };
  }
}
