package io.longcat4j.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.WeightMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WeightPagesTest {
  private static final int PAGE = 4096;

  private final Requests system = new Requests();

  /** A system that writes down what it is asked for; buffers lie one after the other. */
  private static final class Requests implements Pages {
    private final List<String> asked = new ArrayList<>();
    private final CountDownLatch touched = new CountDownLatch(1);
    private long locksGranted = Long.MAX_VALUE;
    private long next = 10 * PAGE + 100;

    @Override
    public long address(ByteBuffer buffer) {
      long address = next;
      next += buffer.remaining();
      return address;
    }

    @Override
    public long pageBytes() {
      return PAGE;
    }

    private boolean note(String what, PageRange range) {
      asked.add(what + " " + range.address() / PAGE + "+" + range.bytes() / PAGE);
      return true;
    }

    @Override
    public boolean readAhead(PageRange range) {
      return note("read", range);
    }

    @Override
    public boolean touch(PageRange range) {
      note("touch", range);
      touched.countDown();
      return true;
    }

    @Override
    public boolean lock(PageRange range) {
      return locksGranted-- > 0 && note("lock", range);
    }

    @Override
    public boolean unlock(PageRange range) {
      return note("unlock", range);
    }

    @Override
    public long lockLimit() {
      return 65_536;
    }

    @Override
    public boolean hugePages(PageRange range) {
      return note("huge", range);
    }
  }

  private WeightPages weights(WeightMemory wanted, int... bytes) {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int length : bytes) {
      buffers.add(ByteBuffer.allocateDirect(length));
    }
    return new WeightPages(buffers, wanted, system);
  }

  @Test
  void on_demand_asks_for_nothing() {
    try (WeightPages weights = weights(WeightMemory.onDemand(), 2 * PAGE)) {
      weights.settle(LoadingListener.silent());
      assertThat(weights.describe()).contains("on demand", "not locked (not asked for)");
    }
    assertThat(system.asked).isEmpty();
  }

  @Test
  void neighbours_are_one_range_and_come_in_pieces_with_the_next_on_its_way() {
    int piece = 64 << 20;
    List<Long> heard = new ArrayList<>();
    try (WeightPages weights = weights(WeightMemory.preloaded(), piece, 50, PAGE)) {
      weights.settle(
          progress -> {
            assertThat(progress.phase()).isEqualTo(LoadingProgress.Phase.WEIGHTS);
            assertThat(progress.bytesTotal()).isEqualTo(piece + 2L * PAGE);
            heard.add(progress.bytesDone());
          });
      assertThat(weights.describe())
          .startsWith("67.1 MB mapped, 67.1 MB read while loading, not locked");
    }
    assertThat(heard).containsExactly(0L, (long) piece);
    int pages = piece / PAGE;
    assertThat(system.asked)
        .containsExactly(
            "read 10+" + pages,
            "read " + (10 + pages) + "+2",
            "touch 10+" + pages,
            "touch " + (10 + pages) + "+2");
  }

  @Test
  void reading_ahead_does_not_wait_and_ends_with_the_model() throws Exception {
    WeightPages weights = weights(WeightMemory.readAhead(), PAGE);
    weights.settle(
        progress -> {
          throw new AssertionError("the background is silent");
        });
    system.touched.await();
    weights.close();
    assertThat(system.asked).containsExactly("read 10+2", "touch 10+2");
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("longcat-read-ahead"));
  }

  @Test
  void locks_are_taken_back_at_the_end() {
    try (WeightPages weights = weights(WeightMemory.locked().withHugePages(), PAGE)) {
      weights.settle(LoadingListener.silent());
      assertThat(weights.describe()).contains("all locked", "huge pages allowed for 0.0 MB");
    }
    assertThat(system.asked).containsExactly("huge 10+2", "read 10+2", "lock 10+2", "unlock 10+2");
  }

  @Test
  void a_refused_lock_leaves_nothing_locked_and_everything_in_memory() {
    system.locksGranted = 1;
    int piece = 64 << 20;
    try (WeightPages weights = weights(WeightMemory.locked(), piece)) {
      weights.settle(LoadingListener.silent());
      assertThat(weights.describe())
          .contains("67.1 MB read", "the system refused; the limit is 65536 bytes");
    }
    int pages = piece / PAGE;
    assertThat(system.asked)
        .containsSubsequence("lock 10+" + pages, "unlock 10+" + pages, "touch 10+" + pages)
        .filteredOn(asked -> asked.startsWith("unlock"))
        .hasSize(1);
  }

  @Test
  void an_aborting_listener_is_obeyed() {
    try (WeightPages weights = weights(WeightMemory.preloaded(), PAGE)) {
      assertThatThrownBy(() -> weights.settle(LoadingProgress::abort))
          .isInstanceOf(LoadingAbortedException.class)
          .hasMessageContaining("0 of 8192 bytes");
    }
    assertThat(system.asked).isEmpty();
  }

  @Test
  void the_real_system_reads_and_touches_real_pages() {
    CpuBackends.open(InstructionSet.GENERIC, 1).close();
    ByteBuffer buffer = ByteBuffer.allocateDirect(5 * PAGE);
    try (WeightPages weights =
        new WeightPages(List.of(buffer), WeightMemory.locked(), NativePages.INSTANCE)) {
      weights.settle(LoadingListener.silent());
      assertThat(weights.describe()).contains("0.0 MB mapped", "read while loading");
    }
    NativePages pages = NativePages.INSTANCE;
    PageRange range = PageRange.around(pages.address(buffer), 5 * PAGE, pages.pageBytes());
    assertThat(pages.readAhead(range)).isTrue();
    assertThat(pages.touch(range)).isTrue();
    assertThat(pages.lockLimit()).isNotNegative();
    PageRange nothing = new PageRange(0, pages.pageBytes());
    assertThat(pages.lock(nothing)).isFalse();
    assertThat(pages.readAhead(nothing)).isFalse();
  }
}
