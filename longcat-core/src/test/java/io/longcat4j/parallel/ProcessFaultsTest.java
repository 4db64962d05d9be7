package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.longcat4j.RankFailedException;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.Members.Member;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rank 0 here and two ranks in processes of their own, one of which comes to harm. */
class ProcessFaultsTest {
  private static final int SIZE = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final int HANGS_SECONDS = 60;

  private final List<Process> children = new ArrayList<>();
  private Members first;

  @BeforeEach
  void start() throws Exception {
    Meeting meeting =
        Meeting.host(
            SIZE, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TcpRanksTest.TOKEN);
    for (int rank = 1; rank < SIZE; rank++) {
      children.add(child(rank, meeting.address().getPort()));
    }
    RankTimes times = RankTimes.DEFAULTS.withPatience(PATIENCE);
    Introduction introduction = new Introduction("1.0", new byte[] {1}, 1, 1000);
    first = new Members(List.of(ProcessRanks.join(meeting, introduction, times, null)));
  }

  private static Process child(int rank, int port) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx100m",
            "-cp",
            System.getProperty("java.class.path"),
            FollowerProgram.class.getName(),
            "" + PATIENCE.toMillis());
    builder.environment().put("RANK", "" + rank);
    builder.environment().put("WORLD_SIZE", "" + SIZE);
    builder.environment().put("MASTER_ADDR", "127.0.0.1");
    builder.environment().put("MASTER_PORT", "" + port);
    builder
        .environment()
        .put("LONGCAT_TOKEN", new String(TcpRanksTest.TOKEN, StandardCharsets.UTF_8));
    return builder.redirectErrorStream(true).start();
  }

  @AfterEach
  void end() {
    children.forEach(Process::destroyForcibly);
    first.close();
    RankFaultsContract.assertThatNothingIsLeft();
  }

  private static void order(Ranks ranks, int... bytes) {
    ByteBuffer order = ByteBuffer.allocate(bytes.length);
    for (int value : bytes) {
      order.put((byte) value);
    }
    ranks.send(order.flip());
  }

  /** Sums once, gives an order that harms a rank, and sums for ever. */
  private Future<?> harmed(CountDownLatch summed, int... order) {
    return first.start(
        0,
        member -> {
          Communicator communicator = member.communicator(1 << 20);
          order(member.ranks(), FollowerProgram.SUM);
          sum(member, communicator);
          summed.countDown();
          if (order.length > 0) {
            order(member.ranks(), order);
          }
          while (true) {
            sum(member, communicator);
            order(member.ranks(), FollowerProgram.SUM);
          }
        });
  }

  /** Until the latch is down; where rank 0 ends before, with what ended it. */
  private static void await(CountDownLatch latch, Future<?> working) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANGS_SECONDS);
    while (!latch.await(20, TimeUnit.MILLISECONDS)) {
      if (working.isDone()) {
        throw new AssertionError("rank 0 ended too early", Members.failure(working));
      }
      assertThat(System.nanoTime() - until).as("time left").isNegative();
    }
  }

  private static void sum(Member member, Communicator communicator) {
    Tensor partial = member.tensor(new float[][] {{1, 1}});
    communicator.sum(partial);
    assertThat(member.read(partial)[0]).containsExactly(6, 3);
    partial.close();
  }

  private static void assertEnds(Process child, int code, String part) throws Exception {
    assertThat(child.waitFor(HANGS_SECONDS, TimeUnit.SECONDS)).isTrue();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output).contains(part);
    assertThat(child.exitValue()).isEqualTo(code);
  }

  private static void signal(String name, Process child) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + child.pid()).start();
    assertThat(kill.waitFor(HANGS_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private static void assumeSignals() {
    assumeThat(System.getProperty("os.name")).as("signals of POSIX").doesNotContain("Windows");
  }

  @Test
  void processes_obey_until_rank_0_closes() throws Exception {
    Future<?> working =
        first.start(
            0,
            member -> {
              Communicator communicator = member.communicator(1 << 20);
              for (int i = 0; i < 20; i++) {
                order(member.ranks(), FollowerProgram.SUM);
                sum(member, communicator);
              }
              member.ranks().close();
              return member.ranks().figures();
            });
    Object figures = Members.result(working);
    for (Process child : children) {
      assertEnds(child, 0, "no more orders");
    }
    for (Object one : (List<?>) figures) {
      assertThat(((Figures) one).collectives()).isEqualTo(20);
    }
  }

  @Test
  void a_process_that_ends_is_noticed_by_all() throws Exception {
    Future<?> working = harmed(new CountDownLatch(1), FollowerProgram.HALT, 1);
    RankFaultsContract.assertNames(Members.failure(working), 1, "process has ended");
    assertEnds(children.get(1), RankFailedException.EXIT_CODE, "rank 1 on");
  }

  @Test
  void a_process_that_is_killed_is_noticed_by_all() throws Exception {
    assumeSignals();
    CountDownLatch summed = new CountDownLatch(1);
    Future<?> working = harmed(summed);
    await(summed, working);
    signal("KILL", children.get(1));
    RankFaultsContract.assertNames(Members.failure(working), 2, "process has ended");
    assertEnds(children.get(0), RankFailedException.EXIT_CODE, "rank 2 on");
  }

  @Test
  void a_process_that_is_stopped_is_noticed_by_all_and_ends_itself_when_it_goes_on()
      throws Exception {
    assumeSignals();
    CountDownLatch summed = new CountDownLatch(1);
    Future<?> working = harmed(summed);
    await(summed, working);
    signal("STOP", children.get(0));
    long stopped = System.nanoTime();
    RankFaultsContract.assertNames(Members.failure(working), 1, "rank 1 on");
    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(PATIENCE.multipliedBy(5));
    assertEnds(children.get(1), RankFailedException.EXIT_CODE, "rank 1 on");
    signal("CONT", children.get(0));
    assertEnds(children.get(0), RankFailedException.EXIT_CODE, "rank");
  }

  @Test
  void an_idle_process_that_is_stopped_is_noticed_before_the_next_order() throws Exception {
    assumeSignals();
    assumeThat(Boolean.getBoolean("longcat.nightly")).as("takes the whole patience").isTrue();
    CountDownLatch ready = new CountDownLatch(1);
    Future<?> idle =
        first.start(
            0,
            member -> {
              Communicator unused = member.communicator(1 << 20);
              ready.countDown();
              while (true) {
                order(member.ranks(), FollowerProgram.NOTHING);
                LockSupport.parkNanos(1_000_000);
              }
            });
    await(ready, idle);
    signal("STOP", children.get(0));
    RankFaultsContract.assertNames(Members.failure(idle), 1, "no sign of life");
    signal("CONT", children.get(0));
  }

  @Test
  void a_process_whose_driving_thread_stalls_is_named_though_it_gives_signs_of_life()
      throws Exception {
    Future<?> working = harmed(new CountDownLatch(1), FollowerProgram.STALL, 1);
    RankFaultsContract.assertNames(Members.failure(working), 1, "has not come");
    assertEnds(children.get(1), RankFailedException.EXIT_CODE, "has not come");
  }

  @Test
  void what_a_process_says_of_itself_is_told_to_all() throws Exception {
    Future<?> working = harmed(new CountDownLatch(1), FollowerProgram.THROW, 2);
    RankFaultsContract.assertNames(Members.failure(working), 2, "planted in rank 2");
    for (Process child : children) {
      assertEnds(child, RankFailedException.EXIT_CODE, "planted in rank 2");
    }
  }

  @Test
  void when_rank_0_ends_the_others_end_too() throws Exception {
    CountDownLatch summed = new CountDownLatch(1);
    Future<?> working = harmed(summed);
    await(summed, working);
    first.ranks(0).abort(new IllegalStateException("rank 0 is ill"));
    RankFaultsContract.assertNames(Members.failure(working), 0, "rank 0 is ill");
    for (Process child : children) {
      assertEnds(child, RankFailedException.EXIT_CODE, "rank 0 is ill");
    }
  }
}
