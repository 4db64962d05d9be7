package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.Communicator;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.LocalRanks;
import io.longcat4j.parallel.Meeting;
import io.longcat4j.parallel.ProcessRanks;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/**
 * Measures sums over ranks: threads of this process, the same connected over TCP, and ranks that
 * processes have joined. Immutable; one run at a time.
 */
public final class RanksBench {
  private static final int HIDDEN = 6144;
  private static final int WARM_UP = 20;
  private static final Introduction SAME = Introduction.of(new byte[0], 0, 0);

  /**
   * What to measure.
   *
   * @param ranks numbers of ranks of this process, each at least 2
   * @param rows of 6144 numbers, 24 KB each, in a sum
   * @param repetitions of each sum, after some that warm up
   */
  public record Options(List<Integer> ranks, List<Integer> rows, int repetitions) {
    /** Copies the lists. */
    public Options {
      ranks = List.copyOf(ranks);
      rows = List.copyOf(rows);
      boolean isEmpty = rows.stream().anyMatch(count -> count < 1) || repetitions < 1;
      if (isEmpty || ranks.stream().anyMatch(count -> count < 2)) {
        throw new InvalidRequestException(
            "sums of %s rows over %s ranks, %d times, cannot be measured; pass at least 2 ranks and 1 of each other"
                .formatted(rows, ranks, repetitions));
      }
    }
  }

  private final Options options;

  /**
   * A measurement to be run.
   *
   * @param options what to measure
   */
  public RanksBench(Options options) {
    this.options = options;
  }

  /** Sums of one size over ranks, as rank 0 saw them. */
  private record Timed(String ranks, int rows, double[] seconds) {
    Timed {
      seconds = seconds.clone();
      Arrays.sort(seconds);
    }

    double at(double share) {
      return seconds[(int) (share * (seconds.length - 1))];
    }
  }

  /**
   * Measures ranks of this process.
   *
   * @return the report
   */
  public BenchReport run() {
    List<Timed> all = new ArrayList<>();
    for (int size : options.ranks()) {
      List<Ranks> local = LocalRanks.open(size, RankTimes.DEFAULTS);
      all.addAll(together(size, local::get));
      Meeting meeting = meeting(size);
      all.addAll(together(size, rank -> joined(meeting, rank)));
    }
    return report(all);
  }

  /**
   * Measures ranks that processes have joined; all of them call this.
   *
   * @param ranks driven by this thread
   * @return the report on rank 0, nothing elsewhere
   */
  public Optional<BenchReport> run(Ranks ranks) {
    List<Timed> all = measure(ranks);
    return ranks.rank() == 0 ? Optional.of(report(all)) : Optional.empty();
  }

  private static Meeting meeting(int size) {
    byte[] token = new byte[32];
    new SecureRandom().nextBytes(token);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return Meeting.host(size, loopback, token);
  }

  private static Ranks joined(Meeting meeting, int rank) {
    Meeting own = rank == 0 ? meeting : meeting.guest(rank);
    return ProcessRanks.join(own, SAME, RankTimes.DEFAULTS, null);
  }

  private List<Timed> together(int size, IntFunction<Ranks> open) {
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<CompletableFuture<List<Timed>>> running = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int rank = i;
        running.add(
            CompletableFuture.supplyAsync(() -> measureAndClose(open.apply(rank)), threads));
      }
      running.forEach(CompletableFuture::join);
      return running.get(0).join();
    } finally {
      threads.shutdown();
    }
  }

  private List<Timed> measureAndClose(Ranks ranks) {
    try (ranks) {
      List<Timed> all = measure(ranks);
      if (ranks.rank() != 0 && ranks.receive().isPresent()) {
        throw new IllegalStateException("nobody gives orders here");
      }
      return all;
    }
  }

  private List<Timed> measure(Ranks ranks) {
    try (ComputeBackend backend =
        BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.of(1))) {
      Stream stream = backend.openStream();
      int most = options.rows().stream().mapToInt(rows -> rows).max().orElse(1);
      Communicator communicator = ranks.communicator(backend, stream, (long) most * HIDDEN);
      List<Timed> all = new ArrayList<>();
      for (int rows : options.rows()) {
        try (Tensor partial = backend.allocate(rows, HIDDEN)) {
          all.add(new Timed(ranks.describe(), rows, sums(communicator, partial)));
        }
      }
      return all;
    }
  }

  private double[] sums(Communicator communicator, Tensor partial) {
    double[] seconds = new double[options.repetitions()];
    for (int i = -WARM_UP; i < seconds.length; i++) {
      long started = System.nanoTime();
      communicator.sum(partial);
      if (i >= 0) {
        seconds[i] = (System.nanoTime() - started) / 1e9;
      }
    }
    return seconds;
  }

  private static BenchReport report(List<Timed> all) {
    ResultTable table = new ResultTable("ranks", "bytes", "best", "median", "p95");
    ArrayNode figures = JsonNodeFactory.instance.arrayNode();
    for (Timed one : all) {
      long bytes = (long) one.rows() * HIDDEN * Float.BYTES;
      table.row(
          one.ranks(),
          "" + bytes,
          microseconds(one.at(0)),
          microseconds(one.at(0.5)),
          microseconds(one.at(0.95)));
      figures
          .addObject()
          .put("ranks", one.ranks())
          .put("bytes", bytes)
          .put("bestSeconds", one.at(0))
          .put("medianSeconds", one.at(0.5))
          .put("p95Seconds", one.at(0.95));
    }
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.set("sums", figures);
    String title = "Sums over ranks, 1 thread each, copy and join included";
    return new BenchReport(Optional.empty(), List.of(new BenchReport.Titled(title, table)), whole);
  }

  private static String microseconds(double seconds) {
    return "%.1f us".formatted(seconds * 1e6);
  }
}
