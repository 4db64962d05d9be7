package io.longcat4j.mpi;

import io.longcat4j.parallel.Exchange;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Transport;
import io.longcat4j.parallel.Watch;
import java.util.ArrayList;
import java.util.List;

/** Partials over MPI. After a failure slots outlive it, since MPI may still write to them. */
final class MpiTransport implements Transport {
  private final int size;
  private final int rank;
  private final String version;
  private final RankTimes times;
  private final List<MpiExchange> exchanges = new ArrayList<>();

  MpiTransport(int size, int rank, String version, RankTimes times) {
    this.size = size;
    this.rank = rank;
    this.version = version;
    this.times = times;
  }

  @Override
  public Exchange open(int slotBytes, Watch watch) {
    MpiExchange exchange = new MpiExchange(size, rank, slotBytes, watch);
    exchanges.add(exchange);
    return exchange;
  }

  @Override
  public boolean isCentral() {
    return false;
  }

  @Override
  public String describe() {
    return version;
  }

  /** While a rank is dead, MPI ends only with the process. */
  @Override
  public void end(boolean isOrderly) {
    if (isOrderly && Mpi.end(times.patience())) {
      exchanges.forEach(MpiExchange::free);
    }
  }
}
