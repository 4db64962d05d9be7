package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process may end at any moment of its work, in its own way. */
class ExitsTest {
  private static final int EXITS = Boolean.getBoolean("longcat.nightly") ? 200 : 12;
  private static final int AT_ONCE = 2;
  private static final int LATEST_MILLIS = 600;

  /** What a shell calls the end by SIGTERM. */
  private static final int TERMINATED = 143;

  private static final long SEED = 20260101;

  @TempDir private Path folder;

  /**
   * One end.
   *
   * @param task during which
   * @param how {@code exit}, {@code close} or {@code wait} for a signal
   * @param afterMillis of work
   */
  record End(Busy.Task task, String how, int afterMillis) {}

  @Test
  void nothing_crashes_and_no_hook_hangs() throws Exception {
    ForkedJvm jvm = ForkedJvm.in(folder);
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<String>> results = new ArrayList<>();
      for (End end : ends()) {
        results.add(pool.submit(() -> run(jvm, end)));
      }
      List<String> wrong = new ArrayList<>();
      for (Future<String> result : results) {
        if (!result.get().isEmpty()) {
          wrong.add(result.get());
        }
      }
      assertThat(wrong).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  /** Half of them by a signal; more of speech, which is where it went wrong most often. */
  private static List<End> ends() {
    Random random = new Random(SEED);
    Busy.Task[] tasks = {Busy.Task.SPEECH, Busy.Task.HEARING, Busy.Task.SPEECH, Busy.Task.PICTURES};
    List<End> ends = new ArrayList<>();
    for (int i = 0; i < EXITS; i++) {
      String how = i % 2 == 0 ? "wait" : i % 3 == 0 ? "close" : "exit";
      ends.add(new End(tasks[i / 2 % tasks.length], how, random.nextInt(LATEST_MILLIS)));
    }
    return ends;
  }

  private String run(ForkedJvm jvm, End end) throws Exception {
    List<String> command =
        jvm.command(
            Busy.class,
            folder.resolve("cache"),
            ForkedJvm.MEDIA,
            end.task,
            end.how,
            end.afterMillis);
    try (ForkedJvm.Running program = jvm.start(command, Map.of())) {
      program.readTo("busy");
      if (end.how.equals("wait")
          && !program.process().waitFor(end.afterMillis, TimeUnit.MILLISECONDS)) {
        program.process().destroy();
      }
      int expected = end.how.equals("wait") ? TERMINATED : Busy.STATUS;
      int status = program.status();
      return status == expected
          ? ""
          : end + " ended with " + status + ": " + tail(program.errors());
    }
  }

  private static String tail(Path errors) throws Exception {
    String text = Files.readString(errors);
    return text.substring(Math.max(0, text.length() - 500));
  }
}
