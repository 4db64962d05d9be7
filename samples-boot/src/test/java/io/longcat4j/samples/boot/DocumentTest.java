package io.longcat4j.samples.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds what the document shows against what is compiled. */
class DocumentTest {
  private static final int MOST_LINES = 30;
  private static final Path ROOT = Path.of(System.getProperty("longcat.repository.root"));

  @Test
  void theDocumentShowsTheApplicationAsItIs() throws IOException {
    Path source =
        ROOT.resolve("samples-boot/src/main/java/io/longcat4j/samples/boot/SpokenAnswers.java");
    String shown = shown("```java\n(package com.example;\n.*?)```");
    assertThat(shown)
        .isEqualTo(
            Files.readString(source)
                .replace("package io.longcat4j.samples.boot;", "package com.example;"));
    assertThat(shown.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
  }

  @Test
  void theDocumentNamesTheVersionsThatAreTested() throws IOException {
    String shown = shown("```xml\n(<project.*?spring-boot-starter-parent.*?)```");
    String tested = Files.readString(ROOT.resolve("samples-boot/pom.xml"));
    assertThat(first("<version>(.*?)</version>", shown))
        .isEqualTo(first("<spring-boot.version>(.*?)</spring-boot.version>", tested));
    assertThat(first("longcat-all</artifactId>\\s*<version>(.*?)</version>", shown))
        .isEqualTo(first("<version>(.*?)</version>", tested));
  }

  private static String shown(String pattern) throws IOException {
    return first(pattern, Files.readString(ROOT.resolve("docs/spring-and-langchain4j.md")));
  }

  private static String first(String pattern, String text) {
    Matcher found = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }
}
