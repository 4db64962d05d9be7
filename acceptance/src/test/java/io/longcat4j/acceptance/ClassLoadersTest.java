package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Text;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Several copies of the library in one JVM, as in an application server. */
class ClassLoadersTest {

  /** Asks with everything there is; made anew by each class loader. */
  public static final class Asking implements Supplier<String> {
    @Override
    public String get() {
      Image picture = Image.of(RandomCheckpoint.media("photo_533x377.png"));
      Audio sound = Audio.of(RandomCheckpoint.media("audio_question_3s.wav"));
      Prompt prompt = Prompt.user(picture, sound, Text.of("What is this?"));
      Generation spoken = Generation.speech().toBuilder().maxNewTokens(12).build();
      try (LongCat longcat = RandomCheckpoint.builder().build()) {
        Reply reply = longcat.generate(prompt, spoken);
        return longcat.describe().contains("language model: cpu")
            + " "
            + reply.textIds()
            + reply.codecFrames()
            + reply.speech().orElseThrow().samples().count()
            + reply.warnings();
      }
    }
  }

  /** Has three class loaders ask in turn, and again while the others are still there. */
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws Exception {
      List<Supplier<?>> applications = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        URLClassLoader loader =
            new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
        Object asking =
            loader.loadClass(Asking.class.getName()).getDeclaredConstructor().newInstance();
        if (asking instanceof Asking) {
          throw new AssertionError("the class loader did not load the library itself");
        }
        applications.add((Supplier<?>) asking);
      }
      for (int round = 0; round < 2; round++) {
        for (Supplier<?> application : applications) {
          System.out.println("reply " + application.get());
        }
      }
    }

    /** Surefire names the class path in a jar. */
    private static URL[] classPath() throws IOException {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        URL url = Path.of(entry).toUri().toURL();
        urls.add(url);
        if (entry.endsWith(".jar")) {
          try (JarFile jar = new JarFile(entry)) {
            String more =
                jar.getManifest() == null
                    ? null
                    : jar.getManifest().getMainAttributes().getValue("Class-Path");
            for (String one : more == null ? new String[0] : more.split(" ", -1)) {
              urls.add(new URL(url, one));
            }
          }
        }
      }
      return urls.toArray(new URL[0]);
    }
  }

  @Test
  void three_class_loaders_get_the_same_replies_from_native_libraries_of_their_own()
      throws Exception {
    ProgramRun run = ProgramRun.of(Server.class, "-Xmx500m");
    assertThat(run.exitCode()).as(run.output()).isZero();
    List<String> replies = run.output().lines().filter(line -> line.startsWith("reply ")).toList();
    assertThat(replies).as(run.output()).hasSize(6).allMatch(replies.get(0)::equals);
  }
}
