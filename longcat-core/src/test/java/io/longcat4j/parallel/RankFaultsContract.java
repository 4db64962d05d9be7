package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.RankFailedException;
import io.longcat4j.parallel.Members.Member;
import io.longcat4j.testing.ComputeBench;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How ranks fail, however they are connected; here all of them in one JVM. */
abstract class RankFaultsContract {
  static final RankTimes QUICK =
      RankTimes.DEFAULTS.withPatience(Duration.ofMillis(1500)).withJoining(Duration.ofSeconds(20));

  /** Opens ranks that have met. */
  abstract List<Ranks> open(int size, RankTimes times) throws Exception;

  final Members members(int size) throws Exception {
    return new Members(open(size, RankTimes.DEFAULTS.withPatience(Duration.ofSeconds(30))));
  }

  final Members impatient(int size) throws Exception {
    return new Members(open(size, QUICK));
  }

  static float[][] share(int rank, int rows, int columns) {
    return ComputeBench.random(rows, columns, new SplittableRandom(100 + rank));
  }

  @Test
  void a_rank_that_closes_before_it_has_obeyed_is_named() throws Exception {
    try (Members members = members(3)) {
      Future<?> other = members.start(2, member -> obey(member.ranks()));
      Future<?> first =
          members.start(
              0,
              member -> {
                member.ranks().send(ByteBuffer.allocate(1));
                member.ranks().awaitOthers();
                return null;
              });
      members.ranks(1).close();
      assertNames(Members.failure(first), 1, "closed while others");
      assertThat(Members.failure(other)).isInstanceOf(RankFailedException.class);
    }
  }

  @Test
  void a_rank_that_fails_ends_what_waits_on_all_others() throws Exception {
    try (Members members = members(3)) {
      Future<?> collective = members.start(0, RankFaultsContract::sumForEver);
      Future<?> idle = members.start(2, member -> obey(member.ranks()));
      Future<?> fails =
          members.start(
              1,
              member -> {
                member.ranks().abort(new IllegalStateException("no more memory"));
                return null;
              });
      Members.result(fails);
      for (Future<?> waiting : List.of(collective, idle)) {
        assertNames(Members.failure(waiting), 1, "no more memory");
      }
      assertThatThrownBy(() -> members.ranks(0).send(ByteBuffer.allocate(1)))
          .isInstanceOf(RankFailedException.class)
          .hasMessageContaining("rank 1");
      assertThatThrownBy(() -> members.ranks(2).receive()).isInstanceOf(RankFailedException.class);
    }
  }

  static Object sumForEver(Member member) {
    Communicator communicator = member.communicator(100);
    while (true) {
      communicator.sum(member.tensor(new float[][] {{1, 2, 3}}));
    }
  }

  static void assertNames(Throwable failure, int rank, String reason) {
    assertThat(failure).isInstanceOf(RankFailedException.class);
    assertThat(((RankFailedException) failure).rank()).isEqualTo(rank);
    assertThat(((RankFailedException) failure).host()).isNotEmpty();
    assertThat(failure).hasMessageContaining("rank " + rank).hasMessageContaining(reason);
    assertThat(failure).hasMessageContaining("build it again");
  }

  @Test
  void a_rank_that_does_not_come_to_a_collective_is_named_by_all_who_wait() throws Exception {
    try (Members members = impatient(3)) {
      CountDownLatch ended = new CountDownLatch(1);
      Future<?> stalled =
          members.start(
              1,
              member -> {
                Communicator communicator = member.communicator(100);
                communicator.barrier();
                ended.await();
                communicator.barrier();
                return null;
              });
      List<Future<?>> waiting =
          List.of(
              members.start(0, RankFaultsContract::twoBarriers),
              members.start(2, RankFaultsContract::twoBarriers));
      for (Future<?> one : waiting) {
        assertNames(Members.failure(one), 1, "has not come");
      }
      ended.countDown();
      assertNames(Members.failure(stalled), 1, "has not come");
    }
  }

  @Test
  void a_rank_may_start_for_longer_than_it_may_be_late_later() throws Exception {
    try (Members members = impatient(2)) {
      CountDownLatch opened = new CountDownLatch(1);
      Future<?> slow =
          members.start(
              1,
              member -> {
                opened.await();
                return twoBarriers(member);
              });
      Future<?> waiting = members.start(0, RankFaultsContract::twoBarriers);
      long longer = QUICK.patience().toMillis() * 5 / 3;
      assertThatThrownBy(() -> waiting.get(longer, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      opened.countDown();
      assertThat(Members.result(waiting)).isEqualTo("passed");
      assertThat(Members.result(slow)).isEqualTo("passed");
    }
  }

  @Test
  void while_one_starts_several_may_wait_for_longer_than_it_may_be_late_later() throws Exception {
    try (Members members = impatient(4)) {
      CountDownLatch opened = new CountDownLatch(1);
      Future<?> slow =
          members.start(
              2,
              member -> {
                opened.await();
                return twoBarriers(member);
              });
      List<Future<?>> others =
          List.of(
              members.start(0, RankFaultsContract::twoBarriers),
              members.start(1, RankFaultsContract::twoBarriers),
              members.start(3, RankFaultsContract::twoBarriers));
      long longer = QUICK.patience().toMillis() * 5 / 3;
      for (Future<?> waiting : others) {
        assertThatThrownBy(() -> waiting.get(longer / others.size(), TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
      }
      opened.countDown();
      assertThat(Members.result(slow)).isEqualTo("passed");
      for (Future<?> waiting : others) {
        assertThat(Members.result(waiting)).isEqualTo("passed");
      }
    }
  }

  @Test
  void not_the_rank_that_came_late_is_named_but_the_one_that_does_not_come() throws Exception {
    try (Members members = impatient(3)) {
      CountDownLatch ended = new CountDownLatch(1);
      Future<?> stalled =
          members.start(
              1,
              member -> {
                member.communicator(100).barrier();
                ended.await();
                return null;
              });
      Future<?> waiting = members.start(2, RankFaultsContract::twoBarriers);
      Future<?> late =
          members.start(
              0,
              member -> {
                Communicator communicator = member.communicator(100);
                communicator.barrier();
                boolean isOver =
                    ended.await(QUICK.patience().toMillis() / 2, TimeUnit.MILLISECONDS);
                assertThat(isOver).isFalse();
                communicator.barrier();
                return null;
              });
      assertNames(Members.failure(waiting), 1, "has not come");
      assertNames(Members.failure(late), 1, "has not come");
      ended.countDown();
      Members.result(stalled);
    }
  }

  @Test
  void a_rank_that_never_starts_is_named() throws Exception {
    RankTimes brief = QUICK.withStarting(QUICK.patience().multipliedBy(2));
    try (Members members = new Members(open(2, brief))) {
      Future<?> waiting = members.start(0, RankFaultsContract::twoBarriers);
      assertNames(Members.failure(waiting), 1, "within 3.0 s");
    }
  }

  static Object twoBarriers(Member member) {
    Communicator communicator = member.communicator(100);
    communicator.barrier();
    communicator.barrier();
    return "passed";
  }

  @Test
  void rank_0_is_named_like_any_other() throws Exception {
    try (Members members = impatient(3)) {
      CountDownLatch ended = new CountDownLatch(1);
      Future<?> stalled =
          members.start(
              0,
              member -> {
                member.communicator(100).barrier();
                ended.await();
                member.ranks().send(ByteBuffer.allocate(1));
                return null;
              });
      List<Future<?>> waiting =
          List.of(
              members.start(1, RankFaultsContract::twoBarriers),
              members.start(2, RankFaultsContract::twoBarriers));
      for (Future<?> one : waiting) {
        assertNames(Members.failure(one), 0, "has not come");
      }
      ended.countDown();
      assertNames(Members.failure(stalled), 0, "has not come");
    }
  }

  @Test
  void a_rank_that_closes_early_has_failed() throws Exception {
    try (Members members = impatient(2)) {
      Future<?> waiting = members.start(0, RankFaultsContract::twoBarriers);
      Members.result(
          members.start(
              1,
              member -> {
                member.communicator(100).barrier();
                member.ranks().close();
                return null;
              }));
      assertNames(Members.failure(waiting), 1, "closed");
    }
  }

  @Test
  void rank_0_may_close_right_after_a_collective() throws Exception {
    for (int i = 0; i < 40; i++) {
      try (Members members = members(3)) {
        List<Boolean> ended =
            members.run(
                member -> {
                  member.communicator(100).sum(member.tensor(new float[][] {{1, 2}}));
                  if (member.ranks().rank() == 0) {
                    member.ranks().close();
                    return true;
                  }
                  boolean isEnd = member.ranks().receive().isEmpty();
                  member.ranks().close();
                  return isEnd;
                });
        assertThat(ended).containsOnly(true);
      }
    }
  }

  @Test
  void failures_again_and_again_leave_neither_memory_nor_files() throws Exception {
    failAndEnd(2);
    long files = openFiles();
    long memory = directMemory();
    for (int i = 0; i < 15; i++) {
      failAndEnd(2);
    }
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < until
        && (openFiles() > files + 5 || directMemory() > memory + 4_000_000)) {
      System.gc();
    }
    assertThat(openFiles()).isLessThanOrEqualTo(files + 5);
    assertThat(directMemory()).isLessThanOrEqualTo(memory + 4_000_000);
  }

  private void failAndEnd(int size) throws Exception {
    try (Members members = impatient(size)) {
      Future<?> working =
          members.start(
              0,
              member -> {
                Communicator communicator = member.communicator(1 << 19);
                while (true) {
                  communicator.barrier();
                }
              });
      Members.result(
          members.start(
              1,
              member -> {
                member.communicator(1 << 19).barrier();
                member.ranks().abort(new IllegalStateException("planted"));
                return null;
              }));
      assertThat(Members.failure(working)).isInstanceOf(RankFailedException.class);
    }
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  static void assertThatNothingIsLeft() {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    Set<String> left = rankThreads();
    while (!left.isEmpty() && System.nanoTime() < until) {
      Thread.onSpinWait();
      left = rankThreads();
    }
    assertThat(left).isEmpty();
  }

  static Set<String> rankThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("longcat-rank"))
        .collect(Collectors.toSet());
  }

  static List<String> obey(Ranks ranks) {
    List<String> orders = new ArrayList<>();
    for (var order = ranks.receive(); order.isPresent(); order = ranks.receive()) {
      byte[] bytes = new byte[order.get().remaining()];
      order.get().get(bytes);
      orders.add(
          bytes.length > 1000
              ? bytes.length + " bytes"
              : new String(bytes, StandardCharsets.UTF_8));
    }
    ranks.close();
    return orders;
  }
}
