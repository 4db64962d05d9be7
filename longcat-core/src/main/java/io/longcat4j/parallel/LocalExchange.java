package io.longcat4j.parallel;

import io.longcat4j.BackendException;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Slots that all threads see. Two sets take turns: who fills a slot for the second time has seen
 * all others arrive in the round between, where they had read it. So one meeting a round is enough.
 */
final class LocalExchange implements Exchange {
  static final int SETS = 2;

  /** Some 20 microseconds, about what it costs to be woken. */
  private static final int SPINS = 1000;

  /** Who computes a token comes within this time; whoever parks is woken late. */
  private static final long YIELD_NANOS = 2_000_000;

  private static final long LOOK_AGAIN_NANOS = 50_000_000;

  private final LocalGroup group;
  private final LocalSlots slots;
  private final int rank;
  private final int spins;
  private long round;
  private long waited;

  LocalExchange(LocalGroup group, LocalSlots slots, int rank) {
    this.group = group;
    this.slots = slots;
    this.rank = rank;
    // Where there are more threads than processors, spinning keeps others from arriving.
    this.spins = Runtime.getRuntime().availableProcessors() < group.size ? 0 : SPINS;
  }

  @Override
  public int begin() {
    if (group.hasLeft(rank)) {
      throw new BackendException(
          "the ranks were used after they were closed; build the model again");
    }
    round++;
    return set();
  }

  /**
   * Where numbers are left: on the devices of all ranks if each reaches all others, and it and they
   * meet here to find that out.
   */
  Slots slots(ComputeBackend backend, Stream stream, int floats) {
    slots.reaching[rank] = Arrays.stream(slots.backends).allMatch(backend::reaches);
    begin();
    meet();
    for (boolean reaching : slots.reaching) {
      if (!reaching) {
        return new HostSlots(backend, stream, this);
      }
    }
    for (int set = 0; set < SETS; set++) {
      slots.devices[set][rank] = backend.openSlot(floats);
    }
    begin();
    meet();
    return new DeviceSlots(
        backend, stream, rank, Arrays.stream(slots.devices).map(List::of).toList());
  }

  private int set() {
    return (int) (round % SETS);
  }

  @Override
  public int sets() {
    return SETS;
  }

  @Override
  public ByteBuffer slot(int set, int of) {
    return slots.buffers[set][of];
  }

  @Override
  public boolean isCentral() {
    return false;
  }

  @Override
  public void gatherToAll(int bytes) {
    meet();
  }

  @Override
  public void gatherToFirst(int[] bytes) {
    meet();
  }

  @Override
  public void broadcast(int bytes) {
    meet();
  }

  @Override
  public long waitedNanos() {
    return waited;
  }

  private void meet() {
    group.health.check();
    if (group.drivers.getPlain(rank) != Thread.currentThread()) {
      group.drivers.set(rank, Thread.currentThread());
    }
    long started = System.nanoTime();
    slots.arrive(rank, round);
    for (int other = 0; other < group.size; other++) {
      if (other != rank) {
        group.wake(other);
      }
    }
    for (int other = 0; other < group.size; other++) {
      if (!slots.hasArrived(other, round)) {
        await(other, started);
      }
    }
    waited += System.nanoTime() - started;
  }

  // A hint only: where it does nothing, the thread parks a little later.
  @SuppressWarnings("ThreadPriorityCheck")
  private void await(int other, long started) {
    for (int i = 0; i < spins; i++) {
      if (slots.hasArrived(other, round)) {
        return;
      }
      Thread.onSpinWait();
    }
    long yieldsFrom = System.nanoTime();
    while (System.nanoTime() - yieldsFrom < YIELD_NANOS) {
      if (slots.hasArrived(other, round)) {
        return;
      }
      Thread.yield();
    }
    park(other, started);
  }

  private void park(int other, long started) {
    boolean interrupted = false;
    group.parked.set(rank, Thread.currentThread());
    try {
      while (!slots.hasArrived(other, round)) {
        group.health.check();
        long passed = System.nanoTime() - started;
        long left = limit().toNanos() - passed;
        boolean isDead = group.isDead(other) && passed > group.times.pulse().toNanos();
        boolean hasLeft = group.hasLeft(other);
        if (slots.hasArrived(other, round)) {
          // It came, and then it left: asked in this order, neither is missed.
          break;
        } else if (isDead) {
          group.health.fail(other, group.host, "its thread has ended", null);
        } else if (hasLeft) {
          group.health.fail(other, group.host, "closed while others waited for it", null);
        } else if (left <= 0) {
          group.health.fail(other, group.host, late(), null);
        } else {
          LockSupport.parkNanos(group, Math.min(left, LOOK_AGAIN_NANOS));
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      group.parked.set(rank, null);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** In the first round others may still start. */
  private Duration limit() {
    return round == 1 ? group.times.starting() : group.times.patience();
  }

  private String late() {
    return "has not come to where the others wait for it within "
        + limit().toMillis() / 1000.0
        + " s";
  }
}
