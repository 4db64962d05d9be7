package io.longcat4j.acceptance;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import io.longcat4j.Video;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A program that works without end: {@code CACHE MEDIA TASK END AFTER_MILLIS}. It prints {@code
 * busy} once it does, and ends as {@code END} says: {@code exit} by {@link System#exit} with {@link
 * #STATUS}, {@code close} likewise with a hook that closes the engine, {@code wait} not by itself.
 */
final class Busy {
  static final int STATUS = 7;

  private Busy() {}

  /** What it does. */
  enum Task {
    SPEECH,
    HEARING,
    PICTURES;

    void run(LongCat longcat, Path media) {
      switch (this) {
        case SPEECH ->
            longcat.generate(Prompt.user("How many hours has a day?"), Generation.speech());
        case HEARING ->
            longcat.generate(Prompt.user(Audio.of(media.resolve("hours-question.wav"))));
        case PICTURES ->
            longcat.generate(
                Prompt.user(
                    Image.of(media.resolve("shapes.png")),
                    Video.of(media.resolve("moving.gif")),
                    Text.of("What do you see?")));
      }
    }
  }

  public static void main(String[] args) throws InterruptedException {
    LongCat longcat = LongCat.builder().tiny().cacheDirectory(Path.of(args[0])).build();
    Task task = Task.valueOf(args[2]);
    CountDownLatch once = new CountDownLatch(1);
    Thread worker =
        new Thread(
            () -> {
              while (true) {
                task.run(longcat, Path.of(args[1]));
                once.countDown();
              }
            });
    worker.setDaemon(true);
    worker.setUncaughtExceptionHandler((thread, e) -> {});
    worker.start();
    once.await();
    if (args[3].equals("close")) {
      Runtime.getRuntime().addShutdownHook(new Thread(longcat::close));
    }
    System.out.println("busy");
    if (args[3].equals("wait")) {
      Thread.currentThread().join();
    }
    if (!new CountDownLatch(1).await(Long.parseLong(args[4]), TimeUnit.MILLISECONDS)) {
      System.exit(STATUS);
    }
  }
}
