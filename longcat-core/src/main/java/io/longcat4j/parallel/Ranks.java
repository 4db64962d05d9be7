package io.longcat4j.parallel;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One of the threads or processes that compute one model together, as it sees them all. Every rank
 * runs the same program on its slice of heads, columns and experts: rank 0 sends orders, the others
 * receive and obey them, and a {@link Communicator} makes slices whole.
 *
 * <p>One thread at a time drives a rank: it sends or receives, makes communicators and calls them,
 * in the same order on every rank. {@link #ask}, {@link #answer}, {@link #figures}, {@link #check},
 * {@link #abort} and {@link #close} may be called by any thread.
 *
 * <p>Where a rank dies, stalls or cannot be reached, whatever waits on the others ends with {@link
 * io.longcat4j.RankFailedException}, and so does every later call; then close all.
 */
public interface Ranks extends AutoCloseable {
  /** The most bytes of an order. */
  int MAX_ORDER_BYTES = 1 << 28;

  /** The most bytes of a question, and of an answer. */
  int MAX_QUESTION_BYTES = 1 << 30;

  /**
   * How many.
   *
   * @return at least 1
   */
  int size();

  /**
   * Which one this is.
   *
   * @return from 0
   */
  int rank();

  /**
   * Where the ranks run.
   *
   * @return a host name for each
   */
  List<String> hosts();

  /**
   * Whether all run on one host and numbers of one reach all others in one step, so that a
   * collective costs some microseconds.
   *
   * @return the same on every rank
   */
  boolean areNear();

  /**
   * How ranks are connected.
   *
   * @return such as {@code one rank}, {@code 4 ranks, threads of one process}
   */
  String describe();

  /**
   * Makes the collectives of a stream; all ranks make theirs in the same order, and this waits for
   * them.
   *
   * @param backend where the stream was opened
   * @param stream what comes before a collective in it, is part of it; what comes after, sees its
   *     result
   * @param maxFloats the most numbers of a tensor that shall move at once, the same on all ranks:
   *     larger tensors move in pieces. Takes memory of about {@code 8 * maxFloats} bytes on each
   *     rank, at most 8 MiB, times the number of ranks where they are processes
   * @return the collectives, closed with these ranks
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  Communicator communicator(ComputeBackend backend, Stream stream, long maxFloats);

  /**
   * Rank 0: gives the others an order. Returns before they have obeyed it.
   *
   * @param order what lies between position and limit, at most {@value #MAX_ORDER_BYTES} bytes; may
   *     be changed afterwards
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  void send(ByteBuffer order);

  /**
   * Ranks other than 0: tells rank 0 that the order before was obeyed, and waits for the next,
   * however long, without using the processor.
   *
   * @return an order of their own, or nothing once rank 0 has closed
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  Optional<ByteBuffer> receive();

  /**
   * Rank 0: gives the others an order, as {@link #send}.
   *
   * @param order not changed
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  default void order(byte[] order) {
    send(ByteBuffer.wrap(order));
  }

  /**
   * Ranks other than 0: the next order, as {@link #receive}.
   *
   * @return its bytes, or nothing once rank 0 has closed
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  default Optional<byte[]> nextOrder() {
    return receive()
        .map(
            order -> {
              byte[] bytes = new byte[order.remaining()];
              order.get(bytes);
              return bytes;
            });
  }

  /**
   * Rank 0: waits until the others have obeyed all orders, however long that takes: while they load
   * a model, say. Elsewhere there is nothing to wait for.
   *
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  void awaitOthers();

  /**
   * Rank 0: asks another rank something that is no part of the orders and does not wait for them;
   * blocks until it has answered.
   *
   * @param rank which, not 0
   * @param question what lies between position and limit, at most {@value #MAX_QUESTION_BYTES}
   *     bytes; not to be changed meanwhile
   * @param wanted asked at least ten times a second while this waits; once it throws, so does this,
   *     and the other rank is told to forget the question
   * @return the answer
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  ByteBuffer ask(int rank, ByteBuffer question, Cancellation wanted);

  /**
   * Ranks other than 0: answers questions from now on, those that came before included, on threads
   * of its own. Called once.
   *
   * @param answerer called by several threads
   * @return to be ended before these ranks are closed
   */
  Answering answer(Answerer answerer);

  /**
   * What collectives have cost so far, by rank.
   *
   * @return on rank 0 one for each rank, those of others as of their last order; elsewhere those of
   *     this rank, and {@link Figures#NONE} for the others
   */
  List<Figures> figures();

  /**
   * Returns while all ranks are well, as far as this one knows. Any thread may ask.
   *
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  void check();

  /**
   * This rank cannot go on: all ranks end with an exception that names it. The thread that drives a
   * rank calls this with whatever it did not expect, since nobody else can know.
   *
   * @param cause why
   */
  void abort(Throwable cause);

  /**
   * The end. On rank 0 the others receive no more orders, and it waits a while for them to close;
   * they close when nothing is received. Closing earlier is a failure to the others. Idempotent and
   * silent; frees memory, threads and connections, after a failure too.
   */
  @Override
  void close();

  /**
   * One rank that holds everything.
   *
   * @return ranks whose collectives cost nothing; need not be closed
   */
  static Ranks single() {
    return SingleRank.INSTANCE;
  }
}
