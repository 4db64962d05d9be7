package io.longcat4j.compute.cpu;

import java.util.StringJoiner;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Where pinned threads run, for a person to read. */
final class Pinning {
  private Pinning() {}

  /**
   * The CPUs of the threads beside the calling one, or why they have none.
   *
   * @param threads how many, the calling one among them
   * @param cpuOf the CPU of a thread, from 1 on, or why it has none, as {@code longcat_cpu.h} names
   *     it
   */
  static String describe(int threads, IntUnaryOperator cpuOf) {
    if (threads == 1) {
      return "not pinned: the calling thread never is";
    }
    int[] cpus = IntStream.range(1, threads).map(cpuOf).sorted().toArray();
    return switch (cpus[0]) {
      case CpuKernels.MISFIT -> "not pinned: there are more threads than CPUs for this process";
      case CpuKernels.REFUSED -> "not pinned: the operating system does not permit it";
      default ->
          "%d of them on %s %s"
              .formatted(cpus.length, cpus.length == 1 ? "CPU" : "CPUs", ranges(cpus));
    };
  }

  /** Ascending numbers as {@code taskset} takes them. */
  private static String ranges(int[] cpus) {
    StringJoiner ranges = new StringJoiner(",");
    for (int from = 0, to; from < cpus.length; from = to) {
      to = from + 1;
      while (to < cpus.length && cpus[to] == cpus[to - 1] + 1) {
        to++;
      }
      ranges.add(to - from == 1 ? "" + cpus[from] : cpus[from] + "-" + cpus[to - 1]);
    }
    return ranges.toString();
  }
}
