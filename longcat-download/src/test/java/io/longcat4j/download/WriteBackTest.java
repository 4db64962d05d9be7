package io.longcat4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WriteBackTest {
  private static final int PIECE = 1 << 20;
  @TempDir private Path folder;
  private final AtomicInteger forced = new AtomicInteger();

  @Test
  void a_piece_is_begun_when_enough_was_written_and_not_before() throws Exception {
    Deque<Runnable> begun = new ArrayDeque<>();
    WriteBack back = new WriteBack(begun::add, forced::incrementAndGet);
    write(back, WriteBack.EVERY - 1);
    assertThat(begun).isEmpty();
    back.wrote(1);
    assertThat(begun).hasSize(1);
    begun.remove().run();
    write(back, WriteBack.EVERY - 1);
    back.finish();
    assertThat(forced).hasValue(1);
    back.wrote(1);
    assertThat(begun).hasSize(1);
  }

  @Test
  void whoever_writes_waits_for_the_piece_before_only_when_much_has_come() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch allowed = new CountDownLatch(1);
    WriteBack back =
        new WriteBack(
            work -> new Thread(work).start(),
            () -> {
              asked.countDown();
              await(allowed);
              forced.incrementAndGet();
            });
    write(back, WriteBack.EVERY);
    asked.await();
    write(back, WriteBack.MOST - 1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> back.wrote(1)).isInstanceOf(InterruptedException.class);
    assertThat(forced).hasValue(0);
    allowed.countDown();
  }

  @Test
  void what_came_while_a_piece_was_on_its_way_is_one_piece() throws Exception {
    Deque<Runnable> begun = new ArrayDeque<>();
    WriteBack back = new WriteBack(begun::add, forced::incrementAndGet);
    write(back, WriteBack.EVERY);
    write(back, 2 * WriteBack.EVERY);
    assertThat(begun).hasSize(1);
    begun.remove().run();
    back.wrote(1);
    assertThat(begun).hasSize(1);
    write(back, WriteBack.EVERY);
    assertThat(begun).hasSize(1);
    begun.remove().run();
    back.finish();
    assertThat(forced).hasValue(2);
  }

  @Test
  void a_piece_that_does_not_reach_the_disk_fails_what_comes_after_it() throws Exception {
    for (boolean ended : new boolean[] {false, true}) {
      WriteBack back =
          new WriteBack(
              Runnable::run,
              () -> {
                throw new IOException("the disk is broken");
              });
      write(back, WriteBack.EVERY);
      assertThatThrownBy(
              () -> {
                if (ended) {
                  back.finish();
                } else {
                  write(back, WriteBack.EVERY);
                }
              })
          .isInstanceOf(IOException.class)
          .hasRootCauseMessage("the disk is broken");
    }
  }

  @Test
  void a_file_on_its_way_uses_threads_of_its_download_which_end_with_it() throws Exception {
    RepositoryFile file =
        new RepositoryFile("model.safetensors", WriteBack.EVERY + 1, Optional.empty());
    Thread thread;
    try (WorkDirectory work = WorkDirectory.open(folder);
        PartialFile partial = PartialFile.open(work, file, read -> {})) {
      byte[] block = new byte[PIECE];
      while (partial.length() < WriteBack.EVERY) {
        partial.write(block, PIECE);
      }
      thread = diskThread();
      partial.write(block, 1);
      partial.finish();
    }
    assertThat(folder.resolve("model.safetensors")).hasSize(WriteBack.EVERY + 1);
    thread.join();
  }

  private static Thread diskThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(one -> one.getName().equals("longcat-download-disk"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is brought to the disk"));
  }

  private static void write(WriteBack back, long bytes) throws Exception {
    for (long left = bytes; left > 0; left -= PIECE) {
      back.wrote((int) Math.min(PIECE, left));
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
