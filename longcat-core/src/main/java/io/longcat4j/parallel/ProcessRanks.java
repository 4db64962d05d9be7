package io.longcat4j.parallel;

import io.longcat4j.BackendException;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A rank that is a process. Orders and signs of life go over TCP by way of rank 0; partials over
 * TCP too, or over what a {@link Transport} brings.
 */
public final class ProcessRanks implements Ranks {
  private final Meeting meeting;
  private final List<String> hosts;
  private final Control control;
  private final Progress progress = new Progress();
  private final Tally tally = new Tally();
  private final Transport transport;
  private final RankTimes times;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private ProcessRanks(
      Meeting meeting, Connections connections, RankTimes times, @Nullable Transport transport) {
    this.meeting = meeting;
    this.times = times;
    this.hosts = connections.hosts();
    this.control = new Control(meeting.rank(), connections, times, progress, tally::figures);
    this.transport =
        transport == null
            ? new TcpTransport(meeting.rank(), connections, control.health())
            : transport;
  }

  /**
   * Joins the others over TCP, as the environment says; waits for all to come.
   *
   * @param launch how this process was started
   * @param introduction what it tells rank 0
   * @param times how long to wait
   * @return the ranks, to be closed
   * @throws BackendException if the environment lacks something
   * @throws io.longcat4j.RankFailedException if a rank does not come or does not fit; on rank 0 and
   *     on the rank concerned the message says which and why
   */
  public static Ranks join(Launch launch, Introduction introduction, RankTimes times) {
    if (launch.size() == 1) {
      return Ranks.single();
    }
    return join(Meeting.of(launch), introduction, times, null);
  }

  /**
   * Joins the others at a meeting; waits for all to come.
   *
   * @param meeting where; closed by this
   * @param introduction what this rank tells rank 0
   * @param times how long to wait
   * @param transport moves partials and is ended with the ranks, here too if this throws; null for
   *     TCP
   * @return the ranks, to be closed
   * @throws io.longcat4j.RankFailedException if a rank does not come or does not fit
   */
  public static Ranks join(
      Meeting meeting, Introduction introduction, RankTimes times, @Nullable Transport transport) {
    try (meeting) {
      boolean needsBulk = transport == null;
      Hello hello =
          new Hello(
              false,
              meeting.size(),
              meeting.rank(),
              HostName.own(),
              transport == null ? "TCP" : transport.describe(),
              times.patience().toMillis(),
              introduction);
      Connections connections =
          meeting.rank() == 0
              ? new Reception(meeting, hello, times).meet(needsBulk)
              : new Guest(meeting, hello, times).meet(needsBulk);
      return new ProcessRanks(meeting, connections, times, transport);
    } catch (RuntimeException e) {
      if (transport != null) {
        transport.end(false);
      }
      throw e;
    }
  }

  @Override
  public int size() {
    return meeting.size();
  }

  @Override
  public int rank() {
    return meeting.rank();
  }

  @Override
  public List<String> hosts() {
    return hosts;
  }

  @Override
  public boolean areNear() {
    return !transport.isCentral() && hosts.stream().distinct().count() == 1;
  }

  @Override
  public String describe() {
    return "%d ranks, processes on %d %s over %s"
        .formatted(
            size(),
            hosts.stream().distinct().count(),
            hosts.stream().distinct().count() == 1 ? "host" : "hosts",
            transport.describe());
  }

  @Override
  public Communicator communicator(ComputeBackend backend, Stream stream, long maxFloats) {
    int floats = ExchangeCommunicator.slotFloats(maxFloats);
    requireOpen();
    Exchange exchange = transport.open(floats * Float.BYTES, control::check);
    Exchange watched =
        new WatchedExchange(
            exchange, rank(), progress, this::checkCollective, times.grace().toNanos());
    ExchangeCommunicator made =
        new ExchangeCommunicator(
            size(),
            rank(),
            stream,
            watched,
            new HostSlots(backend, stream, watched),
            floats,
            tally);
    made.meet();
    return made;
  }

  private void checkCollective() {
    requireOpen();
    control.check();
  }

  private void requireOpen() {
    control.health().check();
    if (isClosed.get()) {
      throw new BackendException(
          "the ranks were used after they were closed; build the model again");
    }
  }

  @Override
  public void send(ByteBuffer order) {
    if (rank() != 0) {
      throw new IllegalStateException("rank 0 gives orders, not rank " + rank());
    }
    if (order.remaining() > MAX_ORDER_BYTES) {
      throw new IllegalArgumentException(
          "an order of " + order.remaining() + " bytes; there may be " + MAX_ORDER_BYTES);
    }
    requireOpen();
    control.send(order);
  }

  @Override
  public Optional<ByteBuffer> receive() {
    if (rank() == 0) {
      throw new IllegalStateException("rank 0 gives orders, it does not receive them");
    }
    requireOpen();
    return control.receive();
  }

  @Override
  public void awaitOthers() {
    if (rank() == 0) {
      requireOpen();
      control.awaitOthers();
    }
  }

  @Override
  public ByteBuffer ask(int rank, ByteBuffer question, Cancellation wanted) {
    if (rank() != 0 || rank < 1 || rank >= size()) {
      throw new IllegalStateException("rank 0 asks others, not rank " + rank() + " rank " + rank);
    }
    return control.questions().ask(rank, question, wanted);
  }

  @Override
  public Answering answer(Answerer answerer) {
    if (rank() == 0) {
      throw new IllegalStateException("rank 0 asks, it does not answer");
    }
    return control.questions().answer(answerer);
  }

  @Override
  public List<Figures> figures() {
    return control.figures();
  }

  @Override
  public void check() {
    control.health().check();
  }

  @Override
  public void abort(Throwable cause) {
    control.abort(cause);
  }

  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      boolean isOrderly = control.end();
      transport.end(isOrderly);
      control.close();
    }
  }
}
