package io.longcat4j.compute;

import io.longcat4j.Gpus;
import io.longcat4j.Numerics;
import io.longcat4j.spi.WorkerThreads;
import java.util.OptionalInt;

/**
 * How a backend shall be opened.
 *
 * @param threads that compute; a backend may do without
 * @param numerics how exactly it computes
 * @param gpus which devices it may have, where it has any
 * @param rank which of the ranks of this host it computes for, from 0
 * @param ranks how many ranks this host has
 * @param neededBytes what it shall hold at least, where it has memory of its own; 0 if nobody knows
 */
public record BackendRequest(
    WorkerThreads threads, Numerics numerics, Gpus gpus, int rank, int ranks, long neededBytes) {
  /** Checks ranks. */
  public BackendRequest {
    if (rank < 0 || rank >= ranks || neededBytes < 0) {
      throw new IllegalArgumentException(
          "rank %d of %d that needs %d bytes".formatted(rank, ranks, neededBytes));
    }
  }

  /**
   * For the only rank of this host, which has the first device.
   *
   * @param threads that compute
   * @param numerics how exactly
   * @return the request
   */
  public static BackendRequest of(WorkerThreads threads, Numerics numerics) {
    return new BackendRequest(threads, numerics, Gpus.all(), 0, 1, 0);
  }

  /**
   * The same for one of several ranks of this process, which share its threads evenly.
   *
   * @param index of the rank, from 0
   * @param count of the ranks
   * @return a new request
   */
  public BackendRequest ofRank(int index, int count) {
    int each = Math.max(1, threads.countHere() / count);
    WorkerThreads own = new WorkerThreads(OptionalInt.of(each), threads.pinned());
    return new BackendRequest(own, numerics, gpus, index, count, neededBytes);
  }
}
