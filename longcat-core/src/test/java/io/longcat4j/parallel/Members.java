package io.longcat4j.parallel;

import io.longcat4j.Backend;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ranks of one JVM, each driven by a thread of its own. */
final class Members implements AutoCloseable {
  private static final int HANGS_SECONDS = 60;

  private final List<Ranks> ranks;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  Members(List<Ranks> ranks) {
    this.ranks = ranks;
  }

  /** What a rank does. */
  interface Action<T> {
    T run(Member member) throws Exception;
  }

  Ranks ranks(int rank) {
    return ranks.get(rank);
  }

  int size() {
    return ranks.size();
  }

  /** Starts an action on the thread of one rank. */
  <T> Future<T> start(int rank, Action<T> action) {
    return threads.submit(
        () -> {
          try (Member member = new Member(ranks.get(rank))) {
            return action.run(member);
          }
        });
  }

  /** The same on all ranks. */
  <T> List<T> run(Action<T> action) throws Exception {
    List<Future<T>> started = new ArrayList<>();
    for (int rank = 0; rank < ranks.size(); rank++) {
      started.add(start(rank, action));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> one : started) {
      results.add(result(one));
    }
    return results;
  }

  static <T> T result(Future<T> started) throws Exception {
    try {
      return started.get(HANGS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("a rank hangs", e);
    }
  }

  /** What ended an action. */
  static Throwable failure(Future<?> started) throws Exception {
    try {
      return new AssertionError("no failure, but " + result(started));
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  @Override
  public void close() {
    ranks.subList(1, ranks.size()).forEach(Ranks::close);
    ranks.get(0).close();
    threads.shutdownNow();
  }

  /** One rank with a backend of its own. */
  static final class Member implements AutoCloseable {
    private final Ranks ranks;
    private final ComputeBackend backend;
    private final Stream stream;

    Member(Ranks ranks) {
      this.ranks = ranks;
      this.backend = open();
      this.stream = backend.openStream();
    }

    private static ComputeBackend open() {
      return BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
    }

    Ranks ranks() {
      return ranks;
    }

    ComputeBackend backend() {
      return backend;
    }

    Communicator communicator(long maxFloats) {
      return ranks.communicator(backend, stream, maxFloats);
    }

    Tensor tensor(float[][] values) {
      Tensor tensor = backend.allocate(values.length, values[0].length);
      for (int row = 0; row < values.length; row++) {
        stream.write(values[row], 0, tensor.rows(row, 1));
      }
      return tensor;
    }

    void write(float[][] values, Tensor into, int column) {
      for (int row = 0; row < values.length; row++) {
        stream.write(values[row], 0, into.rows(row, 1).columns(column, values[row].length));
      }
    }

    float[][] read(Tensor tensor) {
      float[][] values = new float[tensor.rows()][tensor.columns()];
      for (int row = 0; row < values.length; row++) {
        stream.read(tensor.rows(row, 1), values[row], 0);
      }
      return values;
    }

    @Override
    public void close() {
      backend.close();
    }
  }
}
