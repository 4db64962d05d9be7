package io.longcat4j.cli;

import io.longcat4j.WeightMemory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How weights come into memory. */
final class WeightOptions {
  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private @Nullable Arrival arrival;

  @Option(
      names = "--huge-pages",
      description = "Ask the system for huge pages; 'longcat describe' tells what it gave.")
  private boolean hugePages;

  /** One of these; none is to read ahead in the background. */
  static final class Arrival {
    @Option(
        names = "--mlock",
        description =
            "Read all weights before the first answer and lock them in memory ('ulimit -l' must"
                + " allow it).")
    private boolean locked;

    @Option(
        names = "--preload",
        description = "Read all weights before the first answer, not in the background.")
    private boolean preloaded;

    @Option(
        names = "--no-read-ahead",
        description = "Read each page of the weights when it is first touched.")
    private boolean onDemand;

    private WeightMemory toWeightMemory() {
      if (locked) {
        return WeightMemory.locked();
      }
      if (preloaded) {
        return WeightMemory.preloaded();
      }
      return onDemand ? WeightMemory.onDemand() : WeightMemory.readAhead();
    }
  }

  WeightMemory toWeightMemory() {
    WeightMemory memory = arrival == null ? WeightMemory.readAhead() : arrival.toWeightMemory();
    return hugePages ? memory.withHugePages() : memory;
  }
}
