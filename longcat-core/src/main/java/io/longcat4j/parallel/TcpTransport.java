package io.longcat4j.parallel;

import java.util.List;

/** Partials over connections of their own, by way of rank 0. */
final class TcpTransport implements Transport {
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

  /** Ends with what the first failure is. */
  RuntimeException failed(int other, String reason, Exception cause) {
    health.fail(other, hosts.get(other), reason, cause);
    health.check();
    return new IllegalStateException("a failure was told", cause);
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
