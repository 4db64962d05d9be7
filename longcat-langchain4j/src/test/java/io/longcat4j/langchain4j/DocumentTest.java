package io.longcat4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles the program that the document shows, and runs it. */
@Tag("once")
class DocumentTest {
  private static final Path ROOT = Path.of(System.getProperty("longcat.repository.root"));
  private static final Pattern PROGRAM =
      Pattern.compile("```java\n([^`]*class SpokenAnswer \\{.*?)```", Pattern.DOTALL);
  private static final float LEAST_SECONDS = 1;
  private static final int AUDIBLE = 1000;

  @TempDir private Path folder;

  @Test
  void theProgramAnswersAloud() throws Exception {
    Matcher program =
        PROGRAM.matcher(Files.readString(ROOT.resolve("docs/spring-and-langchain4j.md")));
    assertThat(program.find()).isTrue();
    compile(program.group(1));
    Path wav = folder.resolve("answer.wav");
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, Thread.currentThread().getContextClassLoader())) {
      String[] arguments = {
        ROOT.resolve("samples/media/tiny/shapes.png").toString(), wav.toString()
      };
      loader
          .loadClass("SpokenAnswer")
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    }
    try (AudioInputStream sound = AudioSystem.getAudioInputStream(wav.toFile())) {
      assertThat(sound.getFrameLength() / sound.getFormat().getFrameRate())
          .isGreaterThan(LEAST_SECONDS);
      assertThat(loudest(sound.readAllBytes())).isGreaterThan(AUDIBLE);
    }
  }

  private static int loudest(byte[] pcm) {
    ShortBuffer samples = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    int loudest = 0;
    while (samples.hasRemaining()) {
      loudest = Math.max(loudest, Math.abs(samples.get()));
    }
    return loudest;
  }

  private void compile(String code) {
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ToolProvider.getSystemJavaCompiler()
        .getTask(
            null,
            null,
            told,
            List.of("-proc:none", "-classpath", classPath, "-d", folder.toString()),
            null,
            List.of(source(code)))
        .call();
    assertThat(told.getDiagnostics()).isEmpty();
  }

  private static JavaFileObject source(String code) {
    return new SimpleJavaFileObject(
        URI.create("string:///SpokenAnswer.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
      }
    };
  }
}
