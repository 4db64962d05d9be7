package io.longcat4j.mpi;

import io.longcat4j.BackendException;
import io.longcat4j.parallel.Exchange;
import io.longcat4j.parallel.Watch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;

/** Slots one behind the other, each of which MPI fills from its rank. */
final class MpiExchange implements Exchange {
  private final int slotBytes;
  private final Watch watch;
  private final BytePointer memory;
  private final long address;
  private final ByteBuffer[] slots;
  private final int[] counts;
  private long waited;

  MpiExchange(int size, int rank, int slotBytes, Watch watch) {
    long bytes = (long) size * slotBytes;
    if (bytes > Integer.MAX_VALUE) {
      throw new BackendException(
          "%d ranks with slots of %d bytes are more than MPI counts; use fewer ranks"
              .formatted(size, slotBytes));
    }
    this.slotBytes = slotBytes;
    this.watch = watch;
    this.memory = Mpi.slots(bytes);
    this.address = memory.address();
    ByteBuffer all = memory.asByteBuffer();
    this.slots = new ByteBuffer[size];
    for (int r = 0; r < size; r++) {
      slots[r] = all.slice(r * slotBytes, slotBytes).order(ByteOrder.nativeOrder());
    }
    this.counts = new int[size];
  }

  @Override
  public int begin() {
    return 0;
  }

  @Override
  public int sets() {
    return 1;
  }

  @Override
  public ByteBuffer slot(int set, int of) {
    return slots[of];
  }

  @Override
  public boolean isCentral() {
    return false;
  }

  @Override
  public void gatherToAll(int bytes) {
    // What has no bytes may be done before the others have come, and a barrier must not be.
    Arrays.fill(counts, Math.max(bytes, 1));
    gather(counts, true);
  }

  @Override
  public void gatherToFirst(int[] bytes) {
    gather(bytes, false);
  }

  private void gather(int[] bytes, boolean toAll) {
    long started = System.nanoTime();
    Mpi.gather(address, slotBytes, bytes, toAll, watch);
    waited += System.nanoTime() - started;
  }

  @Override
  public void broadcast(int bytes) {
    long started = System.nanoTime();
    Mpi.broadcast(address, bytes, watch);
    waited += System.nanoTime() - started;
  }

  @Override
  public long waitedNanos() {
    return waited;
  }

  /** After MPI has ended, and with it every use of this. */
  void free() {
    Mpi.free(memory);
  }
}
