package io.longcat4j.cli;

import io.longcat4j.Gpus;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which GPUs compute a model, and how much of them; says nothing where none do. */
final class GpuOptions {
  private static final long MEBIBYTE = 1 << 20;

  @Option(
      names = "--gpus",
      split = ",",
      paramLabel = "N",
      description =
          "GPUs that the ranks of this host take, in this order. Default: all, one to each rank.")
  private List<Integer> numbers = List.of();

  @Option(
      names = "--gpu-memory",
      paramLabel = "MIB",
      description =
          "The most that each rank takes of its GPU's memory. Default: what it needs, as far as that"
              + " is free.")
  private Optional<Long> memory = Optional.empty();

  @Option(names = "--share-gpus", description = "Let several ranks be on one GPU, for trying out.")
  private boolean shared;

  @Option(
      names = "--experts-on-host",
      description =
          "Leave the experts in memory of the host, where the processor computes them beside the"
              + " dense part on the GPU.")
  private boolean expertsOnHost;

  /** As asked for. */
  Gpus toGpus() {
    Gpus gpus = Gpus.all().only(numbers.toArray(Integer[]::new));
    if (memory.isPresent()) {
      gpus = gpus.memory(Math.multiplyExact(memory.get(), MEBIBYTE));
    }
    if (shared) {
      gpus = gpus.sharing();
    }
    return expertsOnHost ? gpus.withExpertsOnHost() : gpus;
  }
}
