package io.longcat4j.parallel;

import java.nio.ByteBuffer;

/** An exchange whose progress is told to other ranks. */
final class WatchedExchange implements Exchange {
  private final Exchange inner;
  private final Progress progress;
  private final Watch watch;
  private long graceNanos;

  /**
   * Watches.
   *
   * @param graceNanos that the others have in the first round
   */
  WatchedExchange(Exchange inner, Progress progress, Watch watch, long graceNanos) {
    this.inner = inner;
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
  }

  @Override
  public void gatherToFirst(int[] bytes) {
    watched(() -> inner.gatherToFirst(bytes));
  }

  @Override
  public void broadcast(int bytes) {
    watched(() -> inner.broadcast(bytes));
  }

  private void watched(Runnable move) {
    watch.check();
    progress.come(graceNanos);
    graceNanos = 0;
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
