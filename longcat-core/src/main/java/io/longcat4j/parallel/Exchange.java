package io.longcat4j.parallel;

import java.nio.ByteBuffer;

/**
 * How bytes move between ranks for one communicator: a slot for each rank, all of the same size. A
 * round begins with {@link #begin}; then a rank fills its own slot, and one of the three ways to
 * move is called, the same on every rank; then slots may be read until the next round begins.
 * Driven by the thread that drives its rank. Every method throws {@link
 * io.longcat4j.RankFailedException} if a rank fails, and never waits longer than it takes to notice
 * that.
 */
public interface Exchange {
  /**
   * Begins a round.
   *
   * @return which of the sets of slots this round uses, from 0 and below {@link #sets}
   */
  int begin();

  /**
   * How many sets of slots there are.
   *
   * @return at least 1
   */
  int sets();

  /**
   * The slot of a rank.
   *
   * @param set below {@link #sets}
   * @param rank from 0
   * @return direct memory, in the order of the machine, the same object each time
   */
  ByteBuffer slot(int set, int rank);

  /**
   * Whether it is better to sum on rank 0 and to broadcast the sum, than to gather on every rank.
   *
   * @return the same on every rank
   */
  boolean isCentral();

  /**
   * Brings the slots of all ranks to all ranks.
   *
   * @param bytes of each slot, from its beginning
   */
  void gatherToAll(int bytes);

  /**
   * Brings the slots of all ranks to rank 0; may bring them to others too.
   *
   * @param bytes of the slot of each rank, from its beginning
   */
  void gatherToFirst(int[] bytes);

  /**
   * Brings the slot of rank 0 to all ranks, where it is the slot of rank 0.
   *
   * @param bytes of the slot, from its beginning
   */
  void broadcast(int bytes);

  /**
   * What this rank has waited in it so far.
   *
   * @return nanoseconds
   */
  long waitedNanos();
}
