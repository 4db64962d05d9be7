package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Parallel;
import io.longcat4j.Parallel.Kind;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.parallel.NumaNode;
import io.longcat4j.testing.PlannedModel;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final long LARGE = 100L << 30;
  private static final long MEMORY = 200L << 30;
  private static final Map<String, String> MPIRUN =
      Map.of(
          "OMPI_COMM_WORLD_RANK", "1",
          "OMPI_COMM_WORLD_SIZE", "4",
          "OMPI_COMM_WORLD_LOCAL_SIZE", "2");
  private static final Map<String, String> PLAIN = Map.of("RANK", "0", "WORLD_SIZE", "2");

  private static Placement.Machine machine(Map<String, String> environment, int nodes) {
    List<NumaNode> all =
        IntStream.range(0, nodes)
            .mapToObj(id -> new NumaNode(id, List.of(id), MEMORY / nodes))
            .toList();
    return new Placement.Machine(environment, all, MEMORY);
  }

  private static Placement auto(long weightBytes, Map<String, String> environment, int nodes) {
    ModelConfig config = PlannedModel.config();
    return Placement.of(
        Parallel.auto(), Experts.AUTO, config, weightBytes, machine(environment, nodes));
  }

  private static Placement asked(Parallel parallel, Map<String, String> environment) {
    return Placement.of(
        parallel, Experts.AUTO, PlannedModel.config(), LARGE, machine(environment, 2));
  }

  @Test
  void oneNodeIsOneRank() {
    for (int nodes : new int[] {0, 1}) {
      Placement placement = auto(LARGE, Map.of(), nodes);
      assertThat(placement.kind()).isEqualTo(Kind.SINGLE);
      assertThat(placement.ranks()).isEqualTo(1);
      assertThat(placement.why()).contains(nodes == 0 ? "tells of no NUMA" : "one NUMA node");
    }
  }

  @Test
  void severalNodesAreARankEach() {
    Placement placement = auto(LARGE, Map.of(), 4);
    assertThat(placement).isEqualTo(new Placement(Kind.LOCAL, 4, 4, placement.why()));
    assertThat(placement.why()).isEqualTo("Ranks are 4 threads of this process, one a NUMA node.");
  }

  @Test
  void nodesThatTheSizesDoNotDivideByAreOneRank() {
    assertThat(auto(LARGE, Map.of(), 3).kind()).isEqualTo(Kind.SINGLE);
    assertThat(auto(LARGE, Map.of(), 3).why()).contains("do not divide by the 3 NUMA nodes");
    assertThat(auto(LARGE, Map.of(), 16).kind()).isEqualTo(Kind.SINGLE);
  }

  @Test
  void smallModelsAndThoseThatDoNotFitAreOneRank() {
    assertThat(auto((4L << 30) - 1, Map.of(), 2).why()).contains("less than 4 GiB");
    assertThat(auto(4L << 30, Map.of(), 2).kind()).isEqualTo(Kind.LOCAL);
    assertThat(auto(MEMORY, Map.of(), 2).kind()).isEqualTo(Kind.LOCAL);
    assertThat(auto(MEMORY + 1, Map.of(), 2).why()).contains("larger than this machine's memory");
  }

  @Test
  void processesThatWereStartedTogetherAreTaken() {
    Placement mpi = auto(1, MPIRUN, 2);
    assertThat(mpi).isEqualTo(new Placement(Kind.MPI, 4, 2, mpi.why()));
    assertThat(mpi.why()).contains("4 processes that mpirun tells of", "started as one of several");
    Placement plain = auto(1, PLAIN, 2);
    assertThat(plain).isEqualTo(new Placement(Kind.PROCESSES, 2, 1, plain.why()));
  }

  @Test
  void whatIsAskedForIsTakenWhateverTheMachineHas() {
    assertThat(asked(Parallel.single(), MPIRUN).ranks()).isEqualTo(1);
    assertThat(asked(Parallel.local(8), MPIRUN).kind()).isEqualTo(Kind.LOCAL);
    assertThat(asked(Parallel.local(8), MPIRUN).ranksHere()).isEqualTo(8);
    assertThat(asked(Parallel.mpi(), MPIRUN).ranks()).isEqualTo(4);
    assertThat(asked(Parallel.processes(), PLAIN).why()).contains("as asked for");
  }

  @Test
  void processesWithoutAnEnvironmentAndSizesThatDoNotDivideAreRefused() {
    for (Parallel parallel : List.of(Parallel.mpi(), Parallel.processes())) {
      assertThatThrownBy(() -> asked(parallel, Map.of()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("RANK, WORLD_SIZE, MASTER_ADDR");
    }
    assertThatThrownBy(() -> asked(Parallel.local(3), Map.of()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("3 ranks do not divide");
    assertThatThrownBy(() -> auto(LARGE, Map.of("RANK", "0", "WORLD_SIZE", "5"), 1))
        .hasMessageContaining("5 ranks do not divide");
  }
}
