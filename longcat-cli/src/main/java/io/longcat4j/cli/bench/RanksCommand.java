package io.longcat4j.cli.bench;

import io.longcat4j.Parallel;
import io.longcat4j.benchmarks.RanksBench;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.RankGroup;
import io.longcat4j.parallel.Ranks;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures sums over ranks. */
@Command(
    name = "ranks",
    mixinStandardHelpOptions = true,
    header = "Measures sums over ranks: threads of this process, over TCP, or over MPI.",
    description = {
      "",
      "Without --mpi the ranks are threads, connected through memory and over TCP. With --mpi this"
          + " process is one that mpirun started.",
      ""
    },
    sortOptions = false)
final class RanksCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      split = ",",
      defaultValue = "2,4",
      description = "Numbers of ranks that are threads. Default: ${DEFAULT-VALUE}.")
  private List<Integer> ranks = List.of();

  @Option(
      names = "--rows",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,128",
      description = "Rows of 6144 numbers in a sum. Default: ${DEFAULT-VALUE}.")
  private List<Integer> rows = List.of();

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "300",
      description = "Times each sum is measured. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(names = "--mpi", description = "Measure ranks that mpirun started.")
  private boolean mpi;

  @Mixin private final ReportOptions report = new ReportOptions();

  RanksCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    RanksBench bench = new RanksBench(new RanksBench.Options(ranks, rows, repetitions));
    if (!mpi) {
      output.print(bench.run(), "bench ranks", report);
      return 0;
    }
    RankGroup group =
        RankGroup.open(
            Parallel.Kind.MPI,
            Parallel.mpi(),
            () -> Introduction.of(new byte[0], 0, 0),
            System.getenv());
    try (Ranks own = group.own()) {
      bench.run(own).ifPresent(result -> output.print(result, "bench ranks --mpi", report));
    }
    return 0;
  }
}
