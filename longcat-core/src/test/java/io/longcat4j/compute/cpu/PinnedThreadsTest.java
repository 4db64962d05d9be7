package io.longcat4j.compute.cpu;

import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.TestWeight;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PinnedThreadsTest {
  private static final Path THIS_THREAD = Path.of("/proc/thread-self");
  private static final Path ALL_THREADS = Path.of("/proc/self/task");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3               | 1 of them on CPU 3",
        "1 2 3 4 5 6 7   | 7 of them on CPUs 1-7",
        "2 4 6 1 3 5 7   | 7 of them on CPUs 1-7",
        "8 0 2 10 11 3   | 6 of them on CPUs 0,2-3,8,10-11",
        "-2 -2           | not pinned: there are more threads than CPUs for this process",
        "-3              | not pinned: the operating system does not permit it",
        "''              | not pinned: the calling thread never is",
      })
  void the_cpus_of_the_threads_are_told_or_why_there_are_none(String cpus, String description) {
    int[] of = new Scanner(cpus).tokens().mapToInt(Integer::parseInt).toArray();
    assertThat(Pinning.describe(of.length + 1, thread -> of[thread - 1])).isEqualTo(description);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void what_a_bound_thread_opens_stays_on_its_cpus() throws Exception {
    CpuProvider provider = new CpuProvider();
    int[] usable = provider.usableCpus();
    assertThat(usable).hasSize(allowed(THIS_THREAD).bitCount()).doesNotHaveDuplicates();
    assumeThat(usable).hasSizeGreaterThan(1);
    int last = usable[usable.length - 1];
    BigInteger alone = BigInteger.ONE.shiftLeft(last);
    List<BigInteger> seen = new ArrayList<>();
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              boolean bound = provider.bindCaller(new int[] {last});
              seen.add(allowed(THIS_THREAD));
              WorkerThreads two = WorkerThreads.unpinned(OptionalInt.of(2));
              try (ComputeBackend backend = provider.open(two, Numerics.EXACT)) {
                seen.add(BigInteger.valueOf(count(allowedOfAllThreads(), alone)));
                backend.openStream().synchronise();
              }
              return bound;
            });
    Thread thread = new Thread(task);
    thread.start();
    assertThat(task.get()).isTrue();
    assertThat(seen.get(0)).isEqualTo(alone);
    assertThat(seen.get(1).intValue()).as("the thread and the one of its pool").isEqualTo(2);
    assertThat(provider.usableCpus()).as("of this thread").isEqualTo(usable);
    assertThat(provider.bindCaller(new int[] {-1})).isFalse();
    assertThat(provider.bindCaller(new int[0])).isFalse();
  }

  private static long count(List<BigInteger> all, BigInteger wanted) {
    return all.stream().filter(wanted::equals).count();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_thread_is_where_the_description_says() throws IOException {
    BigInteger allowed = allowed(THIS_THREAD);
    assumeThat(allowed.bitCount()).isGreaterThan(1);
    try (ComputeBackend backend = pinned(2)) {
      Matcher told = Pattern.compile("1 of them on CPU (\\d+),").matcher(backend.describe());
      assertThat(told.find()).as(backend.describe()).isTrue();
      int cpu = Integer.parseInt(told.group(1));
      assertThat(cpu).isNotEqualTo(allowed.getLowestSetBit());
      assertThat(allowed.testBit(cpu)).isTrue();
      assertThat(allowedOfAllThreads()).contains(BigInteger.ONE.shiftLeft(cpu));
    }
    assertThat(allowed(THIS_THREAD)).isEqualTo(allowed);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void more_threads_than_cpus_run_unbound_and_the_description_says_why() throws IOException {
    try (ComputeBackend backend = pinned(allowed(THIS_THREAD).bitCount() + 1)) {
      assertThat(backend.describe()).contains("not pinned: there are more threads than CPUs");
    }
  }

  @Test
  void threads_are_not_pinned_unless_asked() {
    try (ComputeBackend backend = CpuBackends.open(InstructionSet.GENERIC, 2)) {
      assertThat(backend.describe()).doesNotContain("pinned", "CPU");
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void results_have_the_same_bits_with_and_without_pinning(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(40);
    TestWeight weight = TestWeight.random(DType.BF16, 83, 1101, random);
    float[][] x = random(29, 1101, random);
    assertSameBits(
        "pinned",
        linear(instructionSet, true, weight, x),
        linear(instructionSet, false, weight, x));
  }

  private static float[][] linear(
      InstructionSet instructionSet, boolean pinned, TestWeight weight, float[][] x) {
    try (ComputeBackend backend = CpuBackends.open(instructionSet, Numerics.EXACT, 2, pinned);
        ComputeBench bench = new ComputeBench(backend)) {
      Tensor into = backend.allocate(x.length, weight.numbers().length);
      bench.stream().linear(bench.load(weight), null, bench.tensor(x), into);
      return bench.read(into);
    }
  }

  private static ComputeBackend pinned(int threads) {
    CpuBackends.open(InstructionSet.GENERIC, 1).close();
    return new CpuProvider()
        .open(new WorkerThreads(OptionalInt.of(threads), /* pinned= */ true), Numerics.EXACT);
  }

  /** The CPUs that a thread may run on, a bit for each. */
  private static BigInteger allowed(Path thread) throws IOException {
    String name = "Cpus_allowed:";
    return Files.readAllLines(thread.resolve("status")).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).replace(",", "").strip())
        .map(digits -> new BigInteger(digits, 16))
        .findFirst()
        .orElseThrow();
  }

  private static List<BigInteger> allowedOfAllThreads() throws IOException {
    List<BigInteger> found = new ArrayList<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(ALL_THREADS)) {
      for (Path thread : threads) {
        try {
          found.add(allowed(thread));
        } catch (NoSuchFileException e) {
          // It has ended.
        }
      }
    }
    return found;
  }
}
