package io.longcat4j.parallel;

import io.longcat4j.compute.Tensor;
import java.util.List;

/**
 * Collectives of one stream. All ranks call the same ones in the same order; each call returns when
 * its result is there, as far as operations of the stream see it. Results have the same bits
 * whatever the way the ranks are connected. Driven by the one thread that drives its rank; lives as
 * long as its {@link Ranks}.
 *
 * <p>Where a rank fails, everything here ends with {@link io.longcat4j.RankFailedException}.
 *
 * <p>Numbers move by way of memory of the host, which devices read and write themselves. Ranks of
 * one process whose devices are linked leave them on the devices ({@link
 * io.longcat4j.compute.PeerSlot}) and wait for each other there, not on the host; then an operation
 * of the stream sees the result once it runs.
 */
public interface Communicator {
  /**
   * Replaces a tensor by its sum over all ranks: the partials are gathered, then joined in the
   * order of ranks as {@link io.longcat4j.compute.Stream#join} does. Since that is element by
   * element, matrices that lie side by side are summed each for itself.
   *
   * @param partial this rank's share, then the sum; of the same shape on all ranks
   */
  void sum(Tensor partial);

  /**
   * Brings the columns of all ranks side by side on rank 0.
   *
   * @param slice this rank's columns; of the same rows on all ranks
   * @param firstColumns where the columns of each rank begin, and where those of the last end: one
   *     number more than there are ranks, from 0, ascending, the same on all ranks
   * @param whole receives {@code [rows, firstColumns[size]]} on rank 0, and is left alone elsewhere
   */
  void gather(Tensor slice, int[] firstColumns, Tensor whole);

  /**
   * Brings the columns of all ranks to all ranks, those of several matrices at once.
   *
   * @param matrices of the same rows, at least one; each then has all its columns on every rank. A
   *     row of all of them is no longer than what moves at once
   */
  void allGather(List<ColumnRuns> matrices);

  /**
   * Copies a tensor of rank 0 to all others.
   *
   * @param values the source on rank 0, receives it elsewhere; of the same shape on all ranks
   */
  void broadcast(Tensor values);

  /** Returns once all ranks have called it and what was queued in their streams is done. */
  void barrier();

  /**
   * What this has cost so far.
   *
   * @return counted since it was made
   */
  Figures figures();
}
