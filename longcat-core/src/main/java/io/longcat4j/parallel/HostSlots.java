package io.longcat4j.parallel;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;

/**
 * The slots of an exchange, in memory of the host: who leaves numbers there waits for its stream.
 */
record HostSlots(ComputeBackend backend, Stream stream, Exchange exchange) implements Slots {
  @Override
  public int sets() {
    return exchange.sets();
  }

  @Override
  public Tensor matrix(int set, int rank, int rows, int columns) {
    return backend.over(exchange.slot(set, rank), rows, columns);
  }

  @Override
  public void leave(int set) {
    stream.synchronise();
  }

  @Override
  public void find(int set) {}
}
