package io.longcat4j.parallel;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** One rank that holds everything: its share is the sum. */
enum SingleRank implements Ranks {
  INSTANCE;

  @Override
  public int size() {
    return 1;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public List<String> hosts() {
    return List.of("localhost");
  }

  @Override
  public boolean areNear() {
    return true;
  }

  @Override
  public String describe() {
    return "one rank";
  }

  @Override
  public Communicator communicator(ComputeBackend backend, Stream stream, long maxFloats) {
    return new Alone(stream);
  }

  @Override
  public void send(ByteBuffer order) {
    // There is nobody to obey.
  }

  @Override
  public Optional<ByteBuffer> receive() {
    throw new IllegalStateException("rank 0 gives orders, it does not receive them");
  }

  @Override
  public void awaitOthers() {
    // There is nobody.
  }

  @Override
  public ByteBuffer ask(int rank, ByteBuffer question, Cancellation wanted) {
    throw new IllegalStateException("there is no rank " + rank + " to ask");
  }

  @Override
  public Answering answer(Answerer answerer) {
    throw new IllegalStateException("rank 0 asks, it does not answer");
  }

  @Override
  public List<Figures> figures() {
    return List.of(Figures.NONE);
  }

  @Override
  public void check() {
    // There is nobody who could fail.
  }

  @Override
  public void abort(Throwable cause) {
    // There is nobody to tell.
  }

  @Override
  public void close() {
    // There is nothing to free.
  }

  private record Alone(Stream stream) implements Communicator {
    @Override
    public void sum(Tensor partial) {
      // The only rank's share is the sum.
    }

    @Override
    public void gather(Tensor slice, int[] firstColumns, Tensor whole) {
      if (slice != whole) {
        stream.copy(slice, whole);
      }
    }

    @Override
    public void allGather(List<ColumnRuns> matrices) {
      // Everything is here.
    }

    @Override
    public void broadcast(Tensor values) {
      // Everybody has them.
    }

    @Override
    public void barrier() {
      stream.synchronise();
    }

    @Override
    public Figures figures() {
      return Figures.NONE;
    }
  }
}
