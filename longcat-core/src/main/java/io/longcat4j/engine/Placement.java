package io.longcat4j.engine;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.model.RankShapes;
import io.longcat4j.parallel.Launch;
import io.longcat4j.parallel.NumaNode;
import io.longcat4j.parallel.NumaNodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link Parallel} means on this machine for one checkpoint.
 *
 * @param kind any but {@link Parallel.Kind#AUTO}
 * @param ranks at least 1
 * @param ranksHere how many of them are on this host
 * @param why how that came about, a sentence
 */
public record Placement(Parallel.Kind kind, int ranks, int ranksHere, String why) {
  /** Below this the sums of a token cost more than a second node's bandwidth brings. */
  private static final long SMALL = 4L << 30;

  /** Who has started this process, tells which of the ranks of its host it is. */
  private static final List<String> SEATS =
      List.of("OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID", "LOCAL_RANK");

  /**
   * What is known of the machine.
   *
   * @param environment of this process
   * @param nodes its NUMA nodes; none where the system does not tell
   * @param memoryBytes of all nodes, or of the container that this runs in
   */
  public record Machine(Map<String, String> environment, List<NumaNode> nodes, long memoryBytes) {
    /**
     * The machine that this runs on.
     *
     * @return what the system tells
     */
    public static Machine here() {
      return new Machine(System.getenv(), NumaNodes.ofThisMachine(), Planning.memory());
    }
  }

  /**
   * Decides.
   *
   * @param parallel what was asked for
   * @param experts how ranks shall share experts
   * @param config the model's sizes
   * @param weightBytes of the language model
   * @param machine where it shall run
   * @return ranks that the sizes divide by
   * @throws InvalidRequestException if the sizes cannot be cut for the ranks that were asked for,
   *     or if nothing tells how many processes there are
   */
  public static Placement of(
      Parallel parallel, Experts experts, ModelConfig config, long weightBytes, Machine machine) {
    Placement placement =
        switch (parallel.kind()) {
          case SINGLE -> single("One rank holds everything, as asked for.");
          case LOCAL -> local(parallel.ranks().orElseThrow(), "as asked for.");
          case MPI, PROCESSES -> processes(parallel.kind(), machine);
          case AUTO -> chosen(experts, config, weightBytes, machine);
        };
    RankShapes.of(config, placement.ranks, experts);
    requireRank(parallel.encodersOn(), placement.ranks);
    return placement;
  }

  /**
   * Which of the ranks of its host a rank of this process is.
   *
   * @param rank of all
   * @param environment of this process
   * @return from 0; where the environment does not tell, hosts have runs of neighbours
   */
  int seat(int rank, Map<String, String> environment) {
    if (kind != Parallel.Kind.LOCAL) {
      for (String variable : SEATS) {
        String told = environment.getOrDefault(variable, "");
        if (told.matches("\\d{1,4}") && Integer.parseInt(told) < ranksHere) {
          return Integer.parseInt(told);
        }
      }
    }
    return rank % ranksHere;
  }

  /** As {@link io.longcat4j.parallel.Ranks#areNear} will say. */
  boolean areNear() {
    return kind != Parallel.Kind.PROCESSES && ranks == ranksHere;
  }

  private static void requireRank(int encodersOn, int ranks) {
    if (encodersOn >= ranks) {
      throw new InvalidRequestException(
          "The encoders are to be on rank %d, but there %s, counted from 0; take another, or leave it to rank 0"
              .formatted(encodersOn, ranks == 1 ? "is 1 rank" : "are " + ranks + " ranks"));
    }
  }

  private static Placement single(String why) {
    return new Placement(Parallel.Kind.SINGLE, 1, 1, why);
  }

  private static Placement local(int ranks, String why) {
    return new Placement(
        Parallel.Kind.LOCAL,
        ranks,
        ranks,
        "Ranks are " + ranks + " threads of this process, " + why);
  }

  private static Placement processes(Parallel.Kind kind, Machine machine) {
    Launch launch =
        Launch.find(machine.environment)
            .orElseThrow(
                () ->
                    new InvalidRequestException(
                        "Nothing in the environment tells how many processes there are; start them"
                            + " with mpirun or srun, or set RANK, WORLD_SIZE, MASTER_ADDR and"
                            + " MASTER_PORT for each"));
    return launched(kind, launch, "as asked for.");
  }

  private static Placement launched(Parallel.Kind kind, Launch launch, String why) {
    return new Placement(
        kind,
        launch.size(),
        launch.onHost(),
        "Ranks are "
            + launch.size()
            + " processes that "
            + launch.startedBy()
            + " tells of, "
            + why);
  }

  private static Placement chosen(
      Experts experts, ModelConfig config, long weightBytes, Machine machine) {
    Optional<Launch> launch = Launch.find(machine.environment).filter(found -> found.size() > 1);
    if (launch.isPresent()) {
      Parallel.Kind kind = launch.get().isMpi() ? Parallel.Kind.MPI : Parallel.Kind.PROCESSES;
      return launched(kind, launch.get(), "since this one was started as one of several.");
    }
    int nodes = machine.nodes.size();
    if (nodes <= 1) {
      return single(
          nodes == 1
              ? "One rank holds everything, since this process has one NUMA node."
              : "One rank holds everything, since the system tells of no NUMA nodes.");
    }
    if (weightBytes < SMALL) {
      return single(
          "One rank holds everything, since a model of less than 4 GiB gains less from "
              + nodes
              + " NUMA nodes than the sums between them cost.");
    }
    if (!RankShapes.divide(config, nodes, experts)) {
      return single(
          "One rank holds everything, since the model's sizes do not divide by the "
              + nodes
              + " NUMA nodes.");
    }
    if (weightBytes > machine.memoryBytes) {
      return single(
          "One rank holds everything, since the weights are larger than this machine's memory, so"
              + " that each token waits for the disk, whatever node reads it.");
    }
    return local(nodes, "one a NUMA node.");
  }
}
