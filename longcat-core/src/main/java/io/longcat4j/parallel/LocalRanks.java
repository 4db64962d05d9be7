package io.longcat4j.parallel;

import io.longcat4j.BackendException;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A rank that is a thread of this process: partials lie in memory that all see, orders in queues.
 */
public final class LocalRanks implements Ranks {
  private static final long ASK_NANOS = 1_000_000;

  private final LocalGroup group;
  private final int rank;
  private final Tally tally = new Tally();
  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
  private final AtomicLong asked = new AtomicLong();
  private final Questions questions = new Questions(new Lines());
  private final Answers answers;
  private long sent;
  private int communicators;
  private volatile boolean closed;
  private volatile Figures acknowledged = Figures.NONE;

  private LocalRanks(LocalGroup group, int rank) {
    this.group = group;
    this.rank = rank;
    this.answers = new Answers(rank, group.health, this::abort);
  }

  /** How questions go to other ranks: through memory. */
  private final class Lines implements Questions.Line {
    @Override
    public void ask(int other, long id, ByteBuffer question, Watch watch) {
      group
          .members
          .get(other)
          .answers
          .asked(id, question, answer -> questions.answered(id, answer));
    }

    @Override
    public void forget(int other, long id) {
      group.members.get(other).answers.forget(id);
    }

    @Override
    public void check(int other) {
      requireUsable();
      if (group.hasLeft(other)) {
        group.health.fail(other, group.host, "closed while others waited for it", null);
        group.health.check();
      }
    }
  }

  /** What a rank finds in its queue. */
  private record Message(@Nullable ByteBuffer order) {
    static final Message END = new Message(null);
  }

  /**
   * Opens ranks, each to be driven by a thread of its own, which the caller starts: what it does
   * not expect goes to {@link Ranks#abort}.
   *
   * @param size how many, at least 1
   * @param times how long they wait for each other
   * @return one for each thread, in their order; each to be closed
   */
  public static List<Ranks> open(int size, RankTimes times) {
    if (size < 1) {
      throw new IllegalArgumentException("there is at least 1 rank, not " + size);
    }
    if (size == 1) {
      return List.of(Ranks.single());
    }
    LocalGroup group = new LocalGroup(size, times);
    for (int rank = 0; rank < size; rank++) {
      LocalRanks member = new LocalRanks(group, rank);
      group.members.add(member);
      group.health.onFailure(() -> member.inbox.add(Message.END));
    }
    return List.copyOf(group.members);
  }

  @Override
  public int size() {
    return group.size;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public List<String> hosts() {
    return Collections.nCopies(group.size, group.host);
  }

  @Override
  public boolean areNear() {
    return true;
  }

  @Override
  public String describe() {
    return group.size + " ranks, threads of one process";
  }

  @Override
  public Communicator communicator(ComputeBackend backend, Stream stream, long maxFloats) {
    int floats = ExchangeCommunicator.slotFloats(maxFloats);
    requireUsable();
    LocalExchange exchange = group.exchange(communicators++, rank, floats * Float.BYTES, backend);
    Slots slots = exchange.slots(backend, stream, floats);
    return new ExchangeCommunicator(group.size, rank, stream, exchange, slots, floats, tally);
  }

  @Override
  public void send(ByteBuffer order) {
    if (rank != 0) {
      throw new IllegalStateException("rank 0 gives orders, not rank " + rank);
    }
    if (order.remaining() > MAX_ORDER_BYTES) {
      throw new IllegalArgumentException(
          "an order of " + order.remaining() + " bytes; there may be " + MAX_ORDER_BYTES);
    }
    requireUsable();
    sent++;
    for (int other = 1; other < group.size; other++) {
      ByteBuffer copy = ByteBuffer.allocate(order.remaining()).put(order.duplicate()).flip();
      group.members.get(other).inbox.add(new Message(copy));
    }
  }

  @Override
  public Optional<ByteBuffer> receive() {
    if (rank == 0) {
      throw new IllegalStateException("rank 0 gives orders, it does not receive them");
    }
    requireUsable();
    acknowledged = tally.figures();
    asked.incrementAndGet();
    Message next = take();
    group.health.check();
    return Optional.ofNullable(next.order);
  }

  /** Whoever interrupts the thread of a rank wants its request to end, not the rank. */
  private Message take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return inbox.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whoever has obeyed n orders has asked for n + 1. */
  @Override
  public void awaitOthers() {
    boolean interrupted = false;
    while (rank == 0 && group.members.stream().skip(1).anyMatch(this::isBehind)) {
      requireUsable();
      LockSupport.parkNanos(this, ASK_NANOS);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isBehind(LocalRanks member) {
    // Asked first: who has closed asks for nothing more.
    boolean hasLeft = group.hasLeft(member.rank);
    boolean isBehind = member.asked.get() <= sent;
    if (isBehind && hasLeft) {
      group.health.fail(member.rank, group.host, "closed while others waited for it", null);
    }
    return isBehind;
  }

  @Override
  public ByteBuffer ask(int other, ByteBuffer question, Cancellation wanted) {
    if (rank != 0 || other < 1 || other >= group.size) {
      throw new IllegalStateException("rank 0 asks others, not rank " + rank + " rank " + other);
    }
    return questions.ask(other, question, wanted);
  }

  @Override
  public Answering answer(Answerer answerer) {
    if (rank == 0) {
      throw new IllegalStateException("rank 0 asks, it does not answer");
    }
    answers.start(answerer);
    return answers;
  }

  @Override
  public List<Figures> figures() {
    List<Figures> all = new ArrayList<>();
    for (LocalRanks member : group.members) {
      boolean own = member == this;
      all.add(own ? tally.figures() : rank == 0 ? member.acknowledged : Figures.NONE);
    }
    return List.copyOf(all);
  }

  @Override
  public void check() {
    group.health.check();
  }

  @Override
  public void abort(Throwable cause) {
    group.health.fail(rank, group.host, "ended with " + cause, cause);
  }

  private void requireUsable() {
    group.health.check();
    if (closed) {
      throw new BackendException(
          "the ranks were used after they were closed; build the model again");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    answers.leave();
    acknowledged = tally.figures();
    group.leave(rank);
    if (rank == 0) {
      group.members.forEach(member -> member.inbox.add(Message.END));
    }
  }
}
