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
    String code = Files.readString(source);
    String body = code.substring(code.indexOf("@SpringBootApplication\n"));
    Matcher snippet =
        Pattern.compile("```java\n(@SpringBoot.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("docs/spring-and-langchain4j.md")));
    assertThat(snippet.find()).isTrue();
    assertThat(snippet.group(1)).isEqualTo(body);
    assertThat(body.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
  }
}
