package io.longcat4j.parallel;

import java.nio.ByteBuffer;

/** An exchange whose progress is told to other ranks. */
final class WatchedExchange implements Exchange {
  private final Exchange inner;
  private final int rank;
  private final Progress progress;
  private final Watch watch;
  private long graceNanos;

  /**
   * Watches.
   *
   * @param rank this one
   * @param graceNanos that the others have in the first rounds, until all are known to have come
   */
  WatchedExchange(Exchange inner, int rank, Progress progress, Watch watch, long graceNanos) {
    this.inner = inner;
    this.rank = rank;
    this.progress = progress;
    this.watch = watch;
    this.graceNanos = graceNanos;
  }

  @Override
  public int begin() {
    watch.check();
    return inner.begin();
  }

  @Override
  public int sets() {
    return inner.sets();
  }

  @Override
  public ByteBuffer slot(int set, int rank) {
    return inner.slot(set, rank);
  }

  @Override
  public boolean isCentral() {
    return inner.isCentral();
  }

  @Override
  public void gatherToAll(int bytes) {
    watched(() -> inner.gatherToAll(bytes));
    graceNanos = 0;
  }

  @Override
  public void gatherToFirst(int[] bytes) {
    watched(() -> inner.gatherToFirst(bytes));
    if (rank == 0) {
      graceNanos = 0;
    }
  }

  @Override
  public void broadcast(int bytes) {
    watched(() -> inner.broadcast(bytes));
    graceNanos = 0;
  }

  private void watched(Runnable move) {
    watch.check();
    progress.come(graceNanos);
    try {
      move.run();
    } finally {
      progress.go();
    }
  }

  @Override
  public long waitedNanos() {
    return inner.waitedNanos();
  }
}
