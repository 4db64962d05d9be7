package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.PullBench;
import io.longcat4j.cli.pull.HttpSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures downloads. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    header = "Measures a download from a hub on loopback against the rate that a disk writes with.",
    description = {
      "",
      "The same bytes are written, and fetched and hashed, in turn, both forced to the disk. The hub"
          + " is a part of this process. Nothing of it stays.",
      ""
    },
    sortOptions = false)
final class PullBenchCommand implements Callable<Integer> {
  private static final long MEBIBYTE = 1L << 20;

  private final BenchOutput output;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "A directory on the disk to measure. Default: the working directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--mebibytes",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Size of all files together. Default: ${DEFAULT-VALUE}.")
  private long mebibytes;

  @Option(
      names = "--files",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many files. Default: ${DEFAULT-VALUE}.")
  private int files;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "4",
      description = "Files at a time, 1 to 32. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "5",
      description = "Times each is measured. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Mixin private final ReportOptions report = new ReportOptions();

  PullBenchCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    HttpSettings.apply();
    PullBench.Options options =
        new PullBench.Options(
            directory.toAbsolutePath(), mebibytes * MEBIBYTE, files, connections, repetitions);
    String command =
        "bench pull --mebibytes %d --files %d --connections %d --repetitions %d"
            .formatted(mebibytes, files, connections, repetitions);
    output.print(new PullBench(options, output::progress).run(), command, report);
    return 0;
  }
}
