package io.longcat4j.parallel;

import java.util.concurrent.atomic.AtomicLong;

/** Another rank, as this one hears it. Written by the thread that reads, read by any. */
final class Peer {
  final int rank;
  final String host;
  final Wire wire;
  volatile Pulse pulse = Pulse.NONE;
  volatile boolean hasSaidBye;

  /** Of the thread that reads. */
  final Pieces pieces = new Pieces();

  /** How often it has asked for orders. */
  final AtomicLong asked = new AtomicLong();

  Peer(int rank, String host, Wire wire) {
    this.rank = rank;
    this.host = host;
    this.wire = wire;
  }
}
