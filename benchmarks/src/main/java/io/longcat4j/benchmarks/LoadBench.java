package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Backend;
import io.longcat4j.CheckpointException;
import io.longcat4j.LongCat;
import io.longcat4j.WeightMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures what opening a checkpoint costs before the first question: time, what of its files is
 * read into memory, address space and heap. Weights come on demand, so that what is counted is what
 * loading itself touches.
 */
public final class LoadBench {
  private final Options options;
  private final Consumer<String> progress;

  /**
   * What to open, and how.
   *
   * @param checkpoint its directory, with a tokenizer
   * @param backend what computes
   * @param contextLength most positions of a request; the cache grows with it
   */
  public record Options(Path checkpoint, Backend backend, int contextLength) {}

  /**
   * A measurement to be run.
   *
   * @param options what to open
   * @param progress hears what goes on
   */
  public LoadBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /** What was found. */
  private record Found(Spent plan, Spent load, long weightBytes, MappedFiles files, long heap) {}

  /** Seconds on the clock, and of all processors together for this process. */
  private record Spent(double seconds, double processorSeconds) {
    static Spent since(Spent start) {
      Spent now = now();
      return new Spent(now.seconds - start.seconds, now.processorSeconds - start.processorSeconds);
    }

    static Spent now() {
      long processors =
          ManagementFactory.getOperatingSystemMXBean()
                  instanceof com.sun.management.OperatingSystemMXBean system
              ? system.getProcessCpuTime()
              : 0;
      return new Spent(System.nanoTime() / 1e9, processors / 1e9);
    }

    String words() {
      return String.format(Locale.ROOT, "%.2f s (%.2f s of processors)", seconds, processorSeconds);
    }
  }

  /**
   * Plans and opens the checkpoint once; in a JVM that just started, this tells what a user waits.
   *
   * @return the report
   * @throws CheckpointException if it cannot be opened
   */
  public BenchReport run() {
    progress.accept("planning " + options.checkpoint());
    Spent start = Spent.now();
    long weightBytes = builder().plan().weightBytes();
    Spent plan = Spent.since(start);
    // What planning mapped goes with its garbage.
    System.gc();
    progress.accept("loading " + options.checkpoint());
    start = Spent.now();
    try (LongCat longcat = builder().build()) {
      Spent load = Spent.since(start);
      progress.accept(longcat.describe());
      return report(new Found(plan, load, weightBytes, files(), heapBytes()));
    }
  }

  private LongCat.Builder builder() {
    return LongCat.builder()
        .model(options.checkpoint())
        .backend(options.backend())
        .weights(WeightMemory.onDemand())
        .contextLength(options.contextLength());
  }

  private MappedFiles files() {
    try {
      return MappedFiles.below(options.checkpoint());
    } catch (IOException e) {
      throw new CheckpointException(
          options.checkpoint() + ": its mappings cannot be counted (" + e + ")", e);
    }
  }

  /** What is reachable. */
  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static BenchReport report(Found found) {
    MappedFiles files = found.files();
    ResultTable table =
        new ResultTable("opening", "found")
            .row("weights", gigabytes(found.weightBytes()))
            .row("plan, in a JVM that just started", found.plan().words())
            .row("load, after it", found.load().words())
            .row("mapped files in memory afterwards", gigabytes(files.residentBytes()))
            .row("address space of mapped files", gigabytes(files.addressBytes()))
            .row("mappings", String.valueOf(files.mappings()))
            .row("heap in use afterwards", gigabytes(found.heap()))
            .row("heap allowed", gigabytes(Runtime.getRuntime().maxMemory()));
    ObjectNode figures =
        JsonNodeFactory.instance
            .objectNode()
            .put("weight_bytes", found.weightBytes())
            .put("plan_seconds", found.plan().seconds())
            .put("plan_processor_seconds", found.plan().processorSeconds())
            .put("load_seconds", found.load().seconds())
            .put("load_processor_seconds", found.load().processorSeconds())
            .put("resident_bytes", files.residentBytes())
            .put("address_bytes", files.addressBytes())
            .put("mappings", files.mappings())
            .put("heap_bytes", found.heap());
    return new BenchReport(
        Optional.empty(), List.of(new BenchReport.Titled("Opening a checkpoint", table)), figures);
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.3f GB", bytes / 1e9);
  }
}
