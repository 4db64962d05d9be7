package io.longcat4j.parallel;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.PeerSlot;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/** Memory and counters of one communicator between threads. */
final class LocalSlots {
  /** Longs from one counter to the next, so that each has its own lines of cache. */
  private static final int APART = 16;

  final int bytes;

  /** By set and rank; each written by its rank before its first arrival. */
  final ByteBuffer[][] buffers;

  /** Of each rank, and whether it reaches those of all; written before its next arrival. */
  final ComputeBackend[] backends;

  final boolean[] reaching;

  /** By set and rank, where all reach all. */
  final PeerSlot[][] devices;

  private final AtomicLongArray rounds;

  LocalSlots(int size, int bytes) {
    this.bytes = bytes;
    this.buffers = new ByteBuffer[LocalExchange.SETS][size];
    this.backends = new ComputeBackend[size];
    this.reaching = new boolean[size];
    this.devices = new PeerSlot[LocalExchange.SETS][size];
    this.rounds = new AtomicLongArray(APART * (size + 1));
  }

  void arrive(int rank, long round) {
    rounds.set(APART * (rank + 1), round);
  }

  boolean hasArrived(int rank, long round) {
    return rounds.get(APART * (rank + 1)) >= round;
  }
}
