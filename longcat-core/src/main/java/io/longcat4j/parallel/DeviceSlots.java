package io.longcat4j.parallel;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.PeerSlot;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.List;

/**
 * Slots in memory of devices that reach each other: the threads meet, while streams wait for each
 * other on the devices. Who fills a slot for the second time has waited, in the round between, for
 * all that the others queued until then, so for their reading of it: so two sets are enough, as for
 * {@link LocalExchange}.
 *
 * @param rank this one
 * @param slots by set and rank
 */
record DeviceSlots(ComputeBackend backend, Stream stream, int rank, List<List<PeerSlot>> slots)
    implements Slots {
  @Override
  public int sets() {
    return slots.size();
  }

  @Override
  public Tensor matrix(int set, int of, int rows, int columns) {
    return slots.get(set).get(of).view(backend, rows, columns);
  }

  @Override
  public void leave(int set) {
    slots.get(set).get(rank).fill(stream);
  }

  @Override
  public void find(int set) {
    List<PeerSlot> all = slots.get(set);
    for (int other = 0; other < all.size(); other++) {
      if (other != rank) {
        all.get(other).await(stream);
      }
    }
  }
}
