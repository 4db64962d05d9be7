package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.parallel.NumaNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ranks on machines of made-up nodes, whose CPUs alternate between them. */
class RankCpusTest {
  private static final int CPUS = 16;

  private static List<NumaNode> nodes(int count) {
    return IntStream.range(0, count)
        .mapToObj(id -> new NumaNode(id, cpus(id, count), 1L << 30))
        .toList();
  }

  private static List<Integer> cpus(int node, int nodes) {
    return IntStream.range(0, CPUS).filter(cpu -> cpu % nodes == node).boxed().toList();
  }

  private static int[] all() {
    return IntStream.range(0, CPUS).toArray();
  }

  private static List<Integer> of(RankCpus cpus, int rank) {
    return IntStream.of(cpus.of(rank).orElseThrow()).boxed().toList();
  }

  @Test
  void everyCpuIsThatOfOneRankAndAllOfARankAreOfItsNodes() {
    for (int nodes : new int[] {2, 4}) {
      for (int ranks : new int[] {2, 4, 8, 16}) {
        RankCpus cpus = RankCpus.of(ranks, nodes(nodes), all(), /* pinned= */ false);
        List<Integer> taken = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
          List<Integer> own = of(cpus, rank);
          assertThat(own).hasSize(CPUS / ranks);
          List<Integer> near = new ArrayList<>();
          for (int node = 0; node < nodes; node++) {
            if (node * ranks / nodes == rank || rank * nodes / ranks == node) {
              near.addAll(cpus(node, nodes));
            }
          }
          assertThat(near).as("%d ranks on %d nodes", ranks, nodes).containsAll(own);
          taken.addAll(own);
        }
        assertThat(taken).hasSize(CPUS).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void onOneNodeCpusAreSharedOutWhereThreadsArePinned() {
    RankCpus cpus = RankCpus.of(3, nodes(1), all(), /* pinned= */ true);
    List<Integer> taken = new ArrayList<>();
    IntStream.range(0, 3).forEach(rank -> taken.addAll(of(cpus, rank)));
    assertThat(taken).containsExactlyElementsOf(cpus(0, 1));
    assertThat(of(cpus, 1)).hasSize(5);
    assertThat(RankCpus.of(3, nodes(1), all(), /* pinned= */ false).of(1)).isEmpty();
  }

  @Test
  void cpusThatThisProcessMayNotUseAreNoRanks() {
    int[] usable = {1, 3, 5, 6, 8};
    RankCpus cpus = RankCpus.of(2, nodes(2), usable, /* pinned= */ false);
    assertThat(of(cpus, 0)).containsExactly(6, 8);
    assertThat(of(cpus, 1)).containsExactly(1, 3, 5);
  }

  @Test
  void threadsAreFreeWhereNodesOrCpusCannotBeShared() {
    assertThat(RankCpus.of(1, nodes(2), all(), true).of(0)).isEmpty();
    assertThat(RankCpus.of(3, nodes(2), all(), false).of(0)).isEmpty();
    assertThat(RankCpus.of(2, nodes(2), new int[] {0, 2, 4}, false).of(1)).isEmpty();
    assertThat(RankCpus.of(4, nodes(2), new int[] {0, 2, 4}, false).of(1)).isEmpty();
  }
}
