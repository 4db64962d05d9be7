package io.longcat4j.mpi;

import io.longcat4j.parallel.Exchange;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Transport;
import io.longcat4j.parallel.Watch;

/** Partials over MPI. Slots outlive it: after a failure MPI may still write to them. */
final class MpiTransport implements Transport {
  private final int size;
  private final int rank;
  private final String version;
  private final RankTimes times;

  MpiTransport(int size, int rank, String version, RankTimes times) {
    this.size = size;
    this.rank = rank;
    this.version = version;
    this.times = times;
  }

  @Override
  public Exchange open(int slotBytes, Watch watch) {
    return new MpiExchange(size, rank, slotBytes, watch);
  }

  @Override
  public String describe() {
    return version;
  }

  /** While a rank is dead, MPI ends only with the process. */
  @Override
  public void end(boolean isOrderly) {
    if (isOrderly) {
      boolean unused = Mpi.end(times.patience());
    }
  }
}
