package io.longcat4j.parallel;

import io.longcat4j.compute.ComputeBackend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/** What the ranks of one process share. Thread-safe. */
final class LocalGroup {
  final int size;
  final RankTimes times;
  final String host = HostName.own();
  final Health health = new Health();

  /** Filled before anybody sees it. */
  final List<LocalRanks> members = new ArrayList<>();

  /** The threads that wait without spinning, by rank. */
  final AtomicReferenceArray<Thread> parked;

  /** The thread that last took part in a collective, by rank. */
  final AtomicReferenceArray<Thread> drivers;

  /** Not 0 for ranks that have closed. */
  private final AtomicIntegerArray left;

  private final List<LocalSlots> communicators = new ArrayList<>();

  LocalGroup(int size, RankTimes times) {
    this.size = size;
    this.times = times;
    this.parked = new AtomicReferenceArray<>(size);
    this.drivers = new AtomicReferenceArray<>(size);
    this.left = new AtomicIntegerArray(size);
    health.onFailure(this::wake);
  }

  /** Joins the communicator of an index; waits for all others to join it. */
  LocalExchange exchange(int index, int rank, int bytes, ComputeBackend backend) {
    LocalSlots slots;
    synchronized (communicators) {
      while (communicators.size() <= index) {
        communicators.add(new LocalSlots(size, bytes));
      }
      slots = communicators.get(index);
    }
    if (slots.bytes != bytes) {
      String misfit =
          "communicator %d: rank %d wants slots of %d bytes, another of %d"
              .formatted(index, rank, bytes, slots.bytes);
      health.fail(rank, host, misfit, null);
      throw new IllegalArgumentException(misfit);
    }
    // By its own thread, so that the pages of a rank are near it.
    for (int set = 0; set < LocalExchange.SETS; set++) {
      ByteBuffer slot = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
      slots.buffers[set][rank] = slot;
    }
    slots.backends[rank] = backend;
    LocalExchange exchange = new LocalExchange(this, slots, rank);
    exchange.begin();
    exchange.gatherToAll(0);
    return exchange;
  }

  void leave(int rank) {
    left.set(rank, 1);
    wake();
  }

  boolean hasLeft(int rank) {
    return left.get(rank) != 0;
  }

  /** Whether whoever last drove a rank is no more; somebody else may be about to. */
  boolean isDead(int rank) {
    Thread driver = drivers.get(rank);
    return driver != null && !driver.isAlive();
  }

  private void wake() {
    for (int rank = 0; rank < size; rank++) {
      wake(rank);
    }
  }

  void wake(int rank) {
    Thread waiting = parked.get(rank);
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }
}
