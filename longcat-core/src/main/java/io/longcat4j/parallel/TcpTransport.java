package io.longcat4j.parallel;

import java.util.List;

/** Partials over connections of their own, by way of rank 0. */
final class TcpTransport implements Transport {
  private static final long NEWS_NANOS = 500_000_000;

  private final int size;
  private final int rank;
  private final List<String> hosts;
  private final List<Wire> wires;
  private final Health health;
  private int opened;

  TcpTransport(int rank, Connections connections, Health health) {
    this.size = connections.hosts().size();
    this.rank = rank;
    this.hosts = connections.hosts();
    this.wires = connections.bulk();
    this.health = health;
  }

  @Override
  public Exchange open(int slotBytes, Watch watch) {
    return new TcpExchange(opened++, size, rank, slotBytes, this, watch);
  }

  Wire wire(int other) {
    return wires.get(rank == 0 ? other - 1 : 0);
  }

  /** The connection for partials is gone, and the other one may bring the reason. */
  RuntimeException lost(int other, String reason, Exception cause) {
    health.awaitNews(NEWS_NANOS);
    return failed(other, reason, cause);
  }

  /** Ends with what the first failure is. */
  RuntimeException failed(int other, String reason, Exception cause) {
    health.fail(other, hosts.get(other), reason, cause);
    health.check();
    return new IllegalStateException("a failure was told", cause);
  }

  @Override
  public boolean isCentral() {
    return true;
  }

  @Override
  public String describe() {
    return "TCP";
  }

  @Override
  public void end(boolean isOrderly) {
    wires.forEach(Wire::close);
  }
}
