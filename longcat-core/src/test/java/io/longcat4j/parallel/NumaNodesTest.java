package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumaNodesTest {
  @TempDir Path folder;
  private Path nodes;
  private Path status;

  @BeforeEach
  void machine() throws IOException {
    nodes = Files.createDirectories(folder.resolve("node"));
    status = folder.resolve("status");
    Files.writeString(nodes.resolve("online"), "0-1\n");
    Files.createDirectories(nodes.resolve("power"));
  }

  private void node(int id, String cpus, String memory) throws IOException {
    Path node = Files.createDirectories(nodes.resolve("node" + id));
    Files.writeString(node.resolve("cpulist"), cpus + "\n");
    Files.writeString(
        node.resolve("meminfo"),
        "\nNode %d MemTotal:       %s kB\nNode %d MemFree: 5 kB\n".formatted(id, memory, id));
  }

  @Test
  void nodesAreReadInOrderOfTheirIds() throws IOException {
    node(10, "8", "3");
    node(2, "4-5,7", "2000");
    node(0, "0-2,6", "1000");
    assertThat(NumaNodes.read(nodes, status))
        .containsExactly(
            new NumaNode(0, List.of(0, 1, 2, 6), 1_024_000),
            new NumaNode(2, List.of(4, 5, 7), 2_048_000),
            new NumaNode(10, List.of(8), 3072));
  }

  @Test
  void nodesWithoutProcessorsOrMemoryDoNotCount() throws IOException {
    node(0, "0-1", "1000");
    node(1, "", "1000");
    node(2, "2-3", "0");
    assertThat(NumaNodes.read(nodes, status)).extracting(NumaNode::id).containsExactly(0);
  }

  @Test
  void onlyWhatThisProcessMayUseCounts() throws IOException {
    node(0, "0-3", "1000");
    node(1, "4-7", "1000");
    node(2, "8-11", "1000");
    Files.writeString(status, "Name:\tjava\nCpus_allowed_list:\t2-5,8\nMems_allowed_list:\t0-1\n");
    assertThat(NumaNodes.read(nodes, status))
        .extracting(NumaNode::id, NumaNode::cpus)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, List.of(2, 3)),
            org.assertj.core.groups.Tuple.tuple(1, List.of(4, 5)));
  }

  @Test
  void whereTheSystemDoesNotTellThereAreNone() {
    assertThat(NumaNodes.read(folder.resolve("absent"), status)).isEmpty();
    assertThat(NumaNodes.read(nodes, status)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "3-1", "0-", "-1", "0,,1", "0-99999999999", "1e3", "0x1"})
  void aNodeThatCannotBeUnderstoodDoesNotCount(String cpus) throws IOException {
    node(0, "0", "10");
    node(1, cpus, "10");
    assertThat(NumaNodes.read(nodes, status)).extracting(NumaNode::id).containsExactly(0);
  }

  @Test
  void aNodeWithoutItsFilesLeavesTheMachineUnknown() throws IOException {
    node(0, "0", "10");
    Files.createDirectories(nodes.resolve("node1"));
    assertThat(NumaNodes.read(nodes, status)).isEmpty();
  }

  @Test
  void thisMachineIsReadWithoutHarm() {
    assertThat(NumaNodes.ofThisMachine())
        .allSatisfy(
            node -> {
              assertThat(node.cpus()).isNotEmpty();
              assertThat(node.memoryBytes()).isPositive();
            });
  }
}
