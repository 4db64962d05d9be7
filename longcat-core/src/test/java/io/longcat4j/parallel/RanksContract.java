package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.LongCatException;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.Members.Member;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.Expected;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What ranks do, however they are connected; here all of them in one JVM. */
abstract class RanksContract extends RankFaultsContract {
  private static List<float[][]> shares(int size, int rows, int columns) {
    return IntStream.range(0, size).mapToObj(rank -> share(rank, rows, columns)).toList();
  }

  @Test
  void sums_are_trees_over_ranks_with_the_same_bits_everywhere() throws Exception {
    for (int size : new int[] {1, 2, 3, 4, 5, 8}) {
      try (Members members = members(size)) {
        List<float[][]> sums =
            members.run(
                member -> {
                  Tensor partial = member.tensor(share(member.ranks().rank(), 5, 37));
                  member.communicator(1000).sum(partial);
                  return member.read(partial);
                });
        float[][] expected = Expected.tree(shares(size, 5, 37));
        for (float[][] sum : sums) {
          ComputeBench.assertSameBits(size + " ranks", sum, expected);
        }
      }
    }
  }

  @Test
  void tensors_larger_than_a_slot_are_summed_in_pieces() throws Exception {
    for (int floats : new int[] {1, 10, 37, 100, 184, 185}) {
      try (Members members = members(3)) {
        List<float[][]> sums =
            members.run(
                member -> {
                  Tensor partial = member.tensor(share(member.ranks().rank(), 5, 37));
                  member.communicator(floats).sum(partial);
                  return member.read(partial);
                });
        float[][] expected = Expected.tree(shares(3, 5, 37));
        sums.forEach(sum -> ComputeBench.assertSameBits("sum", sum, expected));
      }
    }
  }

  @Test
  void collectives_follow_each_other_at_any_pace() throws Exception {
    int rounds = 300;
    try (Members members = members(3)) {
      List<Float> totals =
          members.run(
              member -> {
                SplittableRandom random = new SplittableRandom(member.ranks().rank());
                Communicator main = member.communicator(64);
                Communicator side = member.communicator(16);
                float total = 0;
                for (int round = 0; round < rounds; round++) {
                  if (random.nextInt(10) == 0) {
                    Thread.onSpinWait();
                    pause(random.nextInt(200_000));
                  }
                  float own = (round % 50) * 3 + member.ranks().rank();
                  Tensor partial = member.tensor(new float[][] {{own, -own}});
                  (round % 3 == 0 ? side : main).sum(partial);
                  total += member.read(partial)[0][0];
                  partial.close();
                }
                return total;
              });
      float expected = 0;
      for (int round = 0; round < rounds; round++) {
        expected += 9 * (round % 50) + 3;
      }
      assertThat(totals).containsOnly(expected);
    }
  }

  private static void pause(long nanos) {
    long until = System.nanoTime() + nanos;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  @Test
  void columns_of_uneven_widths_come_together_on_rank_0() throws Exception {
    int[] first = {0, 5, 6, 21};
    for (int floats : new int[] {1000, 30, 7, 1}) {
      try (Members members = members(3)) {
        List<float[][]> wholes =
            members.run(
                member -> {
                  int rank = member.ranks().rank();
                  Tensor slice = member.tensor(share(rank, 4, first[rank + 1] - first[rank]));
                  Tensor whole = member.backend().allocate(4, 21);
                  member.communicator(floats).gather(slice, first, whole);
                  return member.read(whole);
                });
        float[][] expected = new float[4][21];
        for (int rank = 0; rank < 3; rank++) {
          place(share(rank, 4, first[rank + 1] - first[rank]), expected, first[rank]);
        }
        ComputeBench.assertSameBits("whole", wholes.get(0), expected);
        ComputeBench.assertSameBits("elsewhere", wholes.get(2), new float[4][21]);
      }
    }
  }

  @Test
  void columns_of_several_matrices_come_together_on_all_ranks() throws Exception {
    int[] first = {0, 5, 6, 21};
    int[] second = {0, 1, 3, 4};
    for (int floats : new int[] {1000, 50, 25}) {
      try (Members members = members(3)) {
        List<float[][][]> wholes =
            members.run(
                member -> {
                  int rank = member.ranks().rank();
                  Tensor one = member.backend().allocate(4, 21);
                  Tensor other = member.backend().allocate(4, 4);
                  member.write(share(rank, 4, first[rank + 1] - first[rank]), one, first[rank]);
                  member.write(
                      share(9 - rank, 4, second[rank + 1] - second[rank]), other, second[rank]);
                  Communicator communicator = member.communicator(floats);
                  for (int time = 0; time < 3; time++) {
                    communicator.allGather(
                        List.of(new ColumnRuns(one, first), new ColumnRuns(other, second)));
                  }
                  return new float[][][] {member.read(one), member.read(other)};
                });
        float[][] expected = new float[4][21];
        float[][] expectedOther = new float[4][4];
        for (int rank = 0; rank < 3; rank++) {
          place(share(rank, 4, first[rank + 1] - first[rank]), expected, first[rank]);
          place(share(9 - rank, 4, second[rank + 1] - second[rank]), expectedOther, second[rank]);
        }
        for (float[][][] pair : wholes) {
          ComputeBench.assertSameBits("one", pair[0], expected);
          ComputeBench.assertSameBits("other", pair[1], expectedOther);
        }
      }
    }
  }

  private static void place(float[][] slice, float[][] whole, int column) {
    for (int row = 0; row < slice.length; row++) {
      System.arraycopy(slice[row], 0, whole[row], column, slice[row].length);
    }
  }

  @Test
  void what_rank_0_has_is_broadcast_and_barriers_hold_everybody() throws Exception {
    try (Members members = members(3)) {
      CountDownLatch late = new CountDownLatch(1);
      List<Future<float[][]>> others = new ArrayList<>();
      for (int rank = 0; rank < 2; rank++) {
        others.add(members.start(rank, member -> meet(member, late)));
      }
      Future<float[][]> last =
          members.start(
              2,
              member -> {
                Communicator communicator = member.communicator(100);
                late.countDown();
                return meetWith(communicator, member, late);
              });
      for (Future<float[][]> other : others) {
        ComputeBench.assertSameBits("broadcast", Members.result(other), share(0, 3, 50));
      }
      ComputeBench.assertSameBits("broadcast", Members.result(last), share(0, 3, 50));
    }
  }

  private static float[][] meet(Member member, CountDownLatch late) {
    return meetWith(member.communicator(100), member, late);
  }

  private static float[][] meetWith(Communicator communicator, Member member, CountDownLatch late) {
    communicator.barrier();
    assertThat(late.getCount()).isZero();
    Tensor values = member.tensor(share(member.ranks().rank(), 3, 50));
    communicator.broadcast(values);
    return member.read(values);
  }

  @Test
  void orders_arrive_in_order_and_end_when_rank_0_closes() throws Exception {
    try (Members members = members(3)) {
      List<Future<List<String>>> others = new ArrayList<>();
      for (int rank = 1; rank < 3; rank++) {
        others.add(members.start(rank, member -> obey(member.ranks())));
      }
      Future<?> first =
          members.start(
              0,
              member -> {
                ByteBuffer order = ByteBuffer.allocateDirect(100);
                for (int i = 0; i < 50; i++) {
                  order.clear().put(("order " + i).getBytes(StandardCharsets.UTF_8)).flip();
                  member.ranks().send(order);
                  assertThat(order.position()).isZero();
                }
                member.ranks().send(ByteBuffer.allocate(0));
                member.ranks().send(ByteBuffer.allocate(3_000_000));
                member.ranks().close();
                return null;
              });
      Members.result(first);
      List<String> expected =
          new ArrayList<>(IntStream.range(0, 50).mapToObj(i -> "order " + i).toList());
      expected.add("");
      expected.add("3000000 bytes");
      for (Future<List<String>> other : others) {
        assertThat(Members.result(other)).isEqualTo(expected);
      }
    }
  }

  @Test
  void rank_0_waits_for_an_order_to_be_obeyed_for_longer_than_its_patience() throws Exception {
    try (Members members = impatient(3)) {
      CountDownLatch obeyed = new CountDownLatch(1);
      Future<?> slow =
          members.start(
              1,
              member -> {
                assertThat(member.ranks().receive()).isPresent();
                obeyed.await();
                return obey(member.ranks());
              });
      Future<?> quick = members.start(2, member -> obey(member.ranks()));
      Future<?> first =
          members.start(
              0,
              member -> {
                member.ranks().send(ByteBuffer.allocate(1));
                member.ranks().awaitOthers();
                assertThat(obeyed.getCount()).isZero();
                member.ranks().close();
                return null;
              });
      long longer = QUICK.patience().toMillis() * 5 / 4;
      assertThatThrownBy(() -> first.get(longer, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      obeyed.countDown();
      Members.result(first);
      Members.result(slow);
      Members.result(quick);
    }
  }

  @Test
  void figures_of_all_ranks_are_known_to_rank_0() throws Exception {
    try (Members members = members(2)) {
      Future<Figures> other =
          members.start(
              1,
              member -> {
                Communicator communicator = member.communicator(100);
                member.ranks().receive();
                communicator.sum(member.tensor(new float[2][5]));
                communicator.barrier();
                member.ranks().receive();
                communicator.barrier();
                return communicator.figures();
              });
      List<Figures> seen =
          Members.result(
              members.start(
                  0,
                  member -> {
                    Communicator communicator = member.communicator(100);
                    member.ranks().send(ByteBuffer.allocate(1));
                    communicator.sum(member.tensor(new float[2][5]));
                    communicator.barrier();
                    member.ranks().send(ByteBuffer.allocate(1));
                    communicator.barrier();
                    while (member.ranks().figures().get(1).collectives() < 2) {
                      Thread.onSpinWait();
                    }
                    return member.ranks().figures();
                  }));
      assertThat(Members.result(other).collectives()).isEqualTo(3);
      assertThat(seen).hasSize(2);
      assertThat(seen.get(0).collectives()).isEqualTo(3);
      assertThat(seen.get(0).bytes()).isEqualTo(40);
      assertThat(seen.get(1).collectives()).isGreaterThanOrEqualTo(2);
      assertThat(seen.get(1).bytes()).isEqualTo(40);
      for (Figures one : seen) {
        assertThat(one.nanos()).isGreaterThanOrEqualTo(one.waitingNanos()).isPositive();
        assertThat(one.waitingNanos()).isNotNegative();
      }
    }
  }

  @Test
  void waiting_for_orders_is_no_failure() throws Exception {
    try (Members members = impatient(2)) {
      Future<List<String>> other = members.start(1, member -> obey(member.ranks()));
      Members.result(
          members.start(
              0,
              member -> {
                pause(Duration.ofSeconds(2).toNanos());
                member.ranks().send(ByteBuffer.wrap("late".getBytes(StandardCharsets.UTF_8)));
                member.ranks().close();
                return null;
              }));
      assertThat(Members.result(other)).containsExactly("late");
    }
  }

  @Test
  void interrupting_a_rank_ends_no_collective() throws Exception {
    try (Members members = members(2)) {
      List<Boolean> still =
          members.run(
              member -> {
                Communicator communicator = member.communicator(100);
                Thread.currentThread().interrupt();
                if (member.ranks().rank() == 0) {
                  pause(120_000_000);
                }
                communicator.barrier();
                return Thread.currentThread().isInterrupted();
              });
      assertThat(still).containsOnly(true);
    }
  }

  @Test
  void calls_that_do_not_fit_are_refused_by_the_rank_that_makes_them() throws Exception {
    try (Members members = members(2)) {
      members.run(
          member -> {
            Communicator communicator = member.communicator(100);
            Tensor slice = member.backend().allocate(2, 3);
            Tensor whole = member.backend().allocate(2, 6);
            assertThatThrownBy(() -> communicator.gather(slice, new int[] {0, 3}, whole))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 first columns");
            assertThatThrownBy(() -> communicator.gather(slice, new int[] {0, 6, 6}, whole))
                .hasMessageContaining("rank 1 has no column");
            assertThatThrownBy(() -> communicator.gather(slice, new int[] {0, 2, 7}, whole))
                .hasMessageContaining("not the");
            assertThatThrownBy(
                    () -> communicator.allGather(List.of(new ColumnRuns(whole, new int[] {0, 3}))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 first columns");
            assertThatThrownBy(
                    () ->
                        communicator.allGather(List.of(new ColumnRuns(whole, new int[] {0, 3, 5}))))
                .hasMessageContaining("[2, 6], not [2, 5]");
            assertThatThrownBy(
                    () ->
                        member
                            .communicator(2)
                            .allGather(List.of(new ColumnRuns(whole, new int[] {0, 3, 6}))))
                .hasMessageContaining("does not fit");
            assertThatThrownBy(() -> member.communicator(0))
                .isInstanceOf(IllegalArgumentException.class);
            communicator.gather(slice, new int[] {0, 3, 6}, whole);
            if (member.ranks().rank() == 0) {
              assertThatThrownBy(() -> member.ranks().receive())
                  .isInstanceOf(IllegalStateException.class);
            } else {
              assertThatThrownBy(() -> member.ranks().send(ByteBuffer.allocate(1)))
                  .isInstanceOf(IllegalStateException.class);
            }
            return null;
          });
    }
  }

  @Test
  void after_the_end_nothing_is_left_and_everything_is_refused() throws Exception {
    Members kept = members(3);
    kept.run(
        member -> {
          Communicator communicator = member.communicator(100);
          communicator.barrier();
          member.ranks().figures();
          return null;
        });
    kept.close();
    kept.close();
    for (int rank = 0; rank < 3; rank++) {
      int at = rank;
      assertThatThrownBy(
              () -> {
                if (at == 0) {
                  kept.ranks(0).send(ByteBuffer.allocate(1));
                } else {
                  kept.ranks(at).receive();
                }
              })
          .isInstanceOf(LongCatException.class);
    }
    assertThatNothingIsLeft();
  }

  @Test
  void it_says_where_ranks_are() throws Exception {
    try (Members members = members(2)) {
      assertThat(members.ranks(1).hosts()).hasSize(2).doesNotContain("");
      assertThat(members.ranks(1).size()).isEqualTo(2);
      assertThat(members.ranks(1).rank()).isEqualTo(1);
      assertThat(members.ranks(0).describe()).startsWith("2 ranks, ");
      assertThat(Arrays.asList(members.ranks(0).hosts())).isNotEmpty();
    }
  }

  @Test
  void after_a_failure_nothing_is_left_and_ranks_can_be_opened_again() throws Exception {
    try (Members members = impatient(3)) {
      List<Future<?>> all =
          List.of(
              members.start(0, RankFaultsContract::sumForEver),
              members.start(1, RankFaultsContract::sumForEver),
              members.start(2, RankFaultsContract::twoBarriers));
      for (Future<?> one : all.subList(0, 2)) {
        members.ranks(2).abort(new OutOfMemoryError("planted"));
        assertNames(Members.failure(one), 2, "planted");
      }
    }
    assertThatNothingIsLeft();
    sums_are_trees_over_ranks_with_the_same_bits_everywhere();
  }
}
