package io.longcat4j.acceptance;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import io.longcat4j.Video;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that does all that there is to do, {@code MEDIA SECONDS [CACHE]}: it prints what it
 * hears, sees and says, {@code library PATH} for each native library outside the system, then
 * {@link #DONE}, lives on until it is as old as it was told, and ends.
 */
final class Everything {
  static final String DONE = "done";
  private static final String LIBRARY = "library ";

  static final List<String> ANSWERS =
      List.of(
          "I see a green star, a purple triangle and a yellow circle.",
          "A day has twenty four hours.",
          "The yellow ring moves.",
          "I can read, look, listen and speak.");

  private Everything() {}

  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    Path media = Path.of(args[0]);
    LongCat.Builder builder = LongCat.builder().tiny();
    if (args.length > 2) {
      builder.cacheDirectory(Path.of(args[2]));
    }
    try (LongCat longcat = builder.build()) {
      ask(longcat, Prompt.user(Image.of(media.resolve("shapes.png")), Text.of("What do you see?")));
      ask(longcat, Prompt.user(Audio.of(media.resolve("hours-question.wav"))));
      ask(longcat, Prompt.user(Video.of(media.resolve("moving.gif")), Text.of("What moves?")));
      System.out.println(
          longcat.generate(Prompt.user("What can you do?"), Generation.speech()).text());
      System.out.println(longcat.describe());
      libraries().forEach(library -> System.out.println(LIBRARY + library));
      System.out.println(DONE);
      long rest = Duration.ofSeconds(Long.parseLong(args[1])).toNanos() - System.nanoTime() + start;
      new CountDownLatch(1).await(rest, TimeUnit.NANOSECONDS);
    }
  }

  /** The libraries among what it printed; those in folders of the class path are not unpacked. */
  static List<String> unpacked(List<String> lines) {
    List<String> classPath =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    return lines.stream()
        .filter(line -> line.startsWith(LIBRARY))
        .map(line -> line.substring(LIBRARY.length()))
        .filter(library -> classPath.stream().noneMatch(entry -> isIn(library, entry)))
        .toList();
  }

  private static boolean isIn(String library, String entry) {
    return !entry.isEmpty() && library.startsWith(entry + "/");
  }

  private static void ask(LongCat longcat, Prompt prompt) {
    System.out.println(longcat.generate(prompt).text());
  }

  /** On Linux. */
  private static List<String> libraries() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.exists(maps)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(maps, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains(".so") && line.contains("/"))
          .map(line -> line.substring(line.indexOf('/')))
          .filter(path -> !path.startsWith(System.getProperty("java.home")))
          .filter(path -> !path.startsWith("/usr/") && !path.startsWith("/lib"))
          .distinct()
          .toList();
    }
  }
}
