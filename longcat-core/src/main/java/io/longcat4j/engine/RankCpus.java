package io.longcat4j.engine;

import io.longcat4j.parallel.NumaNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which CPUs the threads of each local rank keep to, so that its memory is near: those of a NUMA
 * node, shared out where a node has several ranks. Immutable.
 */
final class RankCpus {
  private final List<int[]> ofRank;

  private RankCpus(List<int[]> ofRank) {
    this.ofRank = ofRank;
  }

  /** Threads stay where the system puts them. */
  static RankCpus free() {
    return new RankCpus(List.of());
  }

  /**
   * Shares out CPUs.
   *
   * @param ranks how many
   * @param nodes of this machine; fewer than two are as if there were none
   * @param usable what this process may use, in the order of preference
   * @param pinned whether threads shall keep to CPUs even on one node
   */
  static RankCpus of(int ranks, List<NumaNode> nodes, int[] usable, boolean pinned) {
    if (ranks < 2 || usable.length < ranks) {
      return free();
    }
    if (nodes.size() >= 2 && (ranks % nodes.size() == 0 || nodes.size() % ranks == 0)) {
      return ofNodes(ranks, nodes, usable);
    }
    return pinned ? new RankCpus(shares(usable, ranks)) : free();
  }

  private static RankCpus ofNodes(int ranks, List<NumaNode> nodes, int[] usable) {
    List<int[]> all = new ArrayList<>();
    int nodesPerRank = Math.max(1, nodes.size() / ranks);
    int ranksPerNode = Math.max(1, ranks / nodes.size());
    for (int first = 0; first < nodes.size(); first += nodesPerRank) {
      List<Integer> near = new ArrayList<>();
      nodes.subList(first, first + nodesPerRank).forEach(node -> near.addAll(node.cpus()));
      int[] own = Arrays.stream(usable).filter(near::contains).toArray();
      if (own.length < ranksPerNode) {
        return free();
      }
      all.addAll(shares(own, ranksPerNode));
    }
    return new RankCpus(List.copyOf(all));
  }

  private static List<int[]> shares(int[] cpus, int parts) {
    List<int[]> shares = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) cpus.length * part / parts);
      int to = (int) ((long) cpus.length * (part + 1) / parts);
      shares.add(Arrays.copyOfRange(cpus, from, to));
    }
    return shares;
  }

  /** Those of a rank; empty where its threads are free. */
  Optional<int[]> of(int rank) {
    return ofRank.isEmpty() ? Optional.empty() : Optional.of(ofRank.get(rank).clone());
  }
}
