package io.longcat4j.mpi;

import io.longcat4j.Backend;
import io.longcat4j.LongCatException;
import io.longcat4j.RankFailedException;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.Communicator;
import io.longcat4j.parallel.Figures;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.Launch;
import io.longcat4j.parallel.ProcessRanks;
import io.longcat4j.parallel.RankProvider;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * One rank of an MPI job: {@code RankProgram mpi|tcp PATIENCE_MILLIS sums|harm HARM}. Prints a line
 * for each thing that is to be seen.
 */
public final class RankProgram {
  private static final int ROWS = 5;
  private static final int COLUMNS = 301;

  private final Ranks ranks;
  private final ComputeBackend backend;
  private final Stream stream;

  private RankProgram(Ranks ranks, ComputeBackend backend) {
    this.ranks = ranks;
    this.backend = backend;
    this.stream = backend.openStream();
  }

  // Others wait for that.
  @SuppressWarnings("try")
  public static void main(String[] arguments) throws Exception {
    RankTimes times =
        RankTimes.DEFAULTS
            .withPatience(Duration.ofMillis(Long.parseLong(arguments[1])))
            .withJoining(Duration.ofSeconds(30));
    Launch launch = Launch.of(System.getenv());
    Introduction introduction = new Introduction("1.0", new byte[] {1}, 1, 1000);
    try (Ranks ranks = join(arguments[0], launch, introduction, times);
        ComputeBackend backend =
            BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1))) {
      say(launch.rank(), "joined " + ranks.describe() + ", hosts " + ranks.hosts());
      RankProgram program = new RankProgram(ranks, backend);
      if (arguments[2].equals("sums")) {
        program.sums();
      } else {
        program.harmed(arguments[3]);
      }
      ranks.close();
      if (arguments[0].equals("mpi")) {
        say(launch.rank(), "holds " + MpiCalls.held() + " bytes");
      }
      joinAgain(arguments[0], launch, introduction, times);
      say(launch.rank(), "ended well");
    } catch (RankFailedException e) {
      say(launch.rank(), "failed at " + System.currentTimeMillis() + ": " + e.getMessage());
      System.exit(RankFailedException.EXIT_CODE);
    } catch (LongCatException e) {
      say(launch.rank(), "error: " + e.getMessage());
      System.exit(2);
    }
  }

  private static Ranks join(
      String transport, Launch launch, Introduction introduction, RankTimes times) {
    return transport.equals("mpi")
        ? RankProvider.named("mpi").join(launch, introduction, times)
        : ProcessRanks.join(launch, introduction, times);
  }

  private static void joinAgain(
      String transport, Launch launch, Introduction introduction, RankTimes times) {
    if (transport.equals("mpi")) {
      try (Ranks again = join(transport, launch, introduction, times)) {
        say(launch.rank(), "joined again: " + again.size());
      } catch (LongCatException e) {
        say(launch.rank(), "again: " + e.getMessage());
      }
    }
  }

  private static void say(int rank, String what) {
    System.out.println("<" + rank + "> " + what);
  }

  private Tensor share(int rank, int columns) {
    Tensor tensor = backend.allocate(ROWS, columns);
    stream.write(numbers(rank, columns), 0, tensor);
    return tensor;
  }

  private static float[] numbers(int rank, int columns) {
    SplittableRandom random = new SplittableRandom(rank);
    float[] numbers = new float[ROWS * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }

  private float[] read(Tensor tensor) {
    float[] numbers = new float[tensor.rows() * tensor.columns()];
    stream.read(tensor, numbers, 0);
    return numbers;
  }

  private void sums() {
    if (ranks.rank() == 0) {
      ranks.send(ByteBuffer.wrap(new byte[] {42}));
    } else {
      Optional<ByteBuffer> order = ranks.receive();
      require(order.isPresent() && order.get().get() == 42, "order");
    }
    for (int floats : new int[] {1 << 20, 1000, 100}) {
      Communicator communicator = ranks.communicator(backend, stream, floats);
      Tensor partial = share(ranks.rank(), COLUMNS);
      communicator.sum(partial);
      require(Arrays.equals(read(partial), tree(0, ranks.size())), "sum in pieces of " + floats);
      gather(communicator);
      Tensor values = share(ranks.rank(), COLUMNS);
      communicator.broadcast(values);
      require(Arrays.equals(read(values), numbers(0, COLUMNS)), "broadcast");
      communicator.barrier();
      require(communicator.figures().collectives() % 4 == 0, "figures");
    }
    List<Figures> figures = ranks.figures();
    require(figures.get(ranks.rank()).collectives() == 12, "figures by rank: " + figures);
    if (ranks.rank() != 0) {
      require(ranks.receive().isEmpty(), "end");
    }
  }

  private void gather(Communicator communicator) {
    int[] first = new int[ranks.size() + 1];
    for (int rank = 0; rank < ranks.size(); rank++) {
      first[rank + 1] = first[rank] + 3 + 100 * rank;
    }
    int own = first[ranks.rank() + 1] - first[ranks.rank()];
    Tensor whole = backend.allocate(ROWS, first[ranks.size()]);
    communicator.gather(share(ranks.rank(), own), first, whole);
    for (int rank = 0; ranks.rank() == 0 && rank < ranks.size(); rank++) {
      int columns = first[rank + 1] - first[rank];
      float[] slice = read(whole.columns(first[rank], columns));
      require(Arrays.equals(slice, numbers(rank, columns)), "columns of rank " + rank);
    }
  }

  private static float[] tree(int from, int to) {
    if (to - from == 1) {
      return numbers(from, COLUMNS);
    }
    int half = Integer.highestOneBit(to - from - 1);
    float[] sum = tree(from, from + half);
    float[] right = tree(from + half, to);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += right[i];
    }
    return sum;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("wrong: " + what);
    }
  }

  /** Sums for ever; after some, rank 1 comes to harm. */
  private void harmed(String harm) throws Exception {
    Communicator communicator = ranks.communicator(backend, stream, 1 << 16);
    Tensor partial = share(ranks.rank(), COLUMNS);
    for (long round = 0; true; round++) {
      if (round == 20) {
        say(ranks.rank(), "harm at " + System.currentTimeMillis());
      }
      if (round == 20 && ranks.rank() == 1) {
        harm(harm);
      }
      communicator.sum(partial);
    }
  }

  private void harm(String harm) throws Exception {
    switch (harm) {
      case "stall" -> new CountDownLatch(1).await();
      case "throw" -> ranks.abort(new IllegalStateException("planted"));
      case "none" -> {}
      default -> {
        String pid = "" + ProcessHandle.current().pid();
        int unused = new ProcessBuilder("kill", "-" + harm, pid).start().waitFor();
      }
    }
  }
}
