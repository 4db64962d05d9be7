package io.longcat4j.parallel;

import io.longcat4j.BackendException;
import io.longcat4j.RankFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Orders, signs of life and the end between processes: a star around rank 0. A thread for each
 * connection reads, another sends signs of life, one more looks whether those of others come.
 */
final class Control {
  private static final long TELL_NANOS = 300_000_000;

  /** Longer than rank 0 takes to find who has not come and to say so, on a busy machine too. */
  private static final long DATA_NANOS = 1_500_000_000;

  private static final long ASK_NANOS = 1_000_000;
  private static final long JOIN_MILLIS = 2_000;

  /** The last partials of rank 0 may arrive after it has said that it ends. */
  private static final long LAST_PARTIALS_NANOS = 500_000_000;

  /** So many signs of life in a row do not get lost by chance. */
  private static final int SILENT_PULSES = 3;

  private final int size;
  private final int rank;
  private final String host;
  private final RankTimes times;
  private final Health health = new Health();
  private final Progress progress;
  private final Supplier<Figures> figures;
  private final List<Peer> peers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final BlockingQueue<Optional<ByteBuffer>> orders = new LinkedBlockingQueue<>();
  private final CountDownLatch farewells;
  private final QuestionTraffic questions;
  private long sent;
  private volatile boolean hasEnded;
  private volatile long endedNanos;
  private volatile boolean isClosing;
  private volatile boolean isClosed;

  Control(
      int rank,
      Connections connections,
      RankTimes times,
      Progress progress,
      Supplier<Figures> figures) {
    this.size = connections.hosts().size();
    this.rank = rank;
    this.host = connections.hosts().get(rank);
    this.times = times;
    this.progress = progress;
    this.figures = figures;
    for (int i = 0; i < connections.control().size(); i++) {
      int other = rank == 0 ? i + 1 : 0;
      peers.add(new Peer(other, connections.hosts().get(other), connections.control().get(i)));
    }
    this.farewells = new CountDownLatch(peers.size());
    this.questions =
        new QuestionTraffic(
            peers, this::write, this::requireAnswering, new Answers(rank, health, this::abort));
    health.onFailure(this::tell);
    health.onFailure(() -> orders.add(Optional.empty()));
    for (Peer peer : peers) {
      start("hears-" + peer.rank, () -> hear(peer));
      start("beats-" + peer.rank, () -> beat(peer));
    }
    start("watches", this::watch);
    threads.forEach(Thread::start);
  }

  private void start(String what, Runnable body) {
    Thread thread = new Thread(body, "longcat-rank-" + rank + "-" + what);
    thread.setDaemon(true);
    threads.add(thread);
  }

  Health health() {
    return health;
  }

  /** To be asked by whoever waits in a collective. */
  void check() {
    health.check();
    if (hasEnded && System.nanoTime() - endedNanos > LAST_PARTIALS_NANOS) {
      health.fail(0, peers.get(0).host, "closed while others waited for it", null);
      health.check();
    }
  }

  List<Figures> figures() {
    List<Figures> all = new ArrayList<>(Collections.nCopies(size, Figures.NONE));
    all.set(rank, figures.get());
    if (rank == 0) {
      peers.forEach(peer -> all.set(peer.rank, peer.pulse.figures()));
    }
    return List.copyOf(all);
  }

  void send(ByteBuffer order) {
    health.check();
    sent++;
    Frame frame = new Frame(FrameKind.ORDER, order);
    peers.forEach(peer -> write(peer, frame));
  }

  /** Whoever has obeyed n orders has asked for n + 1. */
  void awaitOthers() {
    boolean interrupted = false;
    while (peers.stream().anyMatch(peer -> peer.asked.get() <= sent)) {
      health.check();
      LockSupport.parkNanos(this, ASK_NANOS);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    health.check();
  }

  Optional<ByteBuffer> receive() {
    health.check();
    Peer first = peers.get(0);
    try {
      first.wire.write(Wire.Waiting.watched(0, health::check), pulse().frame(FrameKind.DONE));
    } catch (IOException e) {
      lost(first, e);
    }
    Optional<ByteBuffer> order = takeOrder();
    health.check();
    return order;
  }

  QuestionTraffic questions() {
    return questions;
  }

  private void requireAnswering() {
    health.check();
    if (isClosing) {
      throw new BackendException(
          "the ranks were used after they were closed; build the model again");
    }
  }

  private void write(Peer peer, Frame frame) {
    try {
      peer.wire.write(Wire.Waiting.watched(0, health::check), frame);
    } catch (IOException e) {
      lost(peer, e);
      health.check();
    }
  }

  private Optional<ByteBuffer> takeOrder() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return orders.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Pulse pulse() {
    return new Pulse(progress.rounds(), progress.waitingNanos(), figures.get());
  }

  // Threads of their own.

  private void hear(Peer peer) {
    try {
      while (!isClosed) {
        heard(peer, Frame.read(peer.wire, Wire.Waiting.LONG, FrameKind.PULSE, expected()));
      }
    } catch (MalformedFrameException e) {
      health.fail(peer.rank, peer.host, "sent what no rank sends: " + e.getMessage(), e);
    } catch (IOException e) {
      lost(peer, e);
    } catch (OutOfMemoryError e) {
      health.fail(rank, host, "has too little memory for what rank " + peer.rank + " sent", e);
    }
  }

  private FrameKind[] expected() {
    return rank == 0
        ? new FrameKind[] {FrameKind.DONE, FrameKind.ANSWER, FrameKind.FAILED, FrameKind.BYE}
        : new FrameKind[] {
          FrameKind.ORDER,
          FrameKind.QUESTION,
          FrameKind.FORGET,
          FrameKind.FAILED,
          FrameKind.END,
          FrameKind.FAREWELL
        };
  }

  private void heard(Peer peer, Frame frame) throws MalformedFrameException {
    switch (frame.kind()) {
      case PULSE -> peer.pulse = Pulse.of(frame.payload());
      case DONE -> {
        peer.pulse = Pulse.of(frame.payload());
        peer.asked.incrementAndGet();
      }
      case ORDER -> orders.add(Optional.of(frame.payload()));
      case QUESTION, ANSWER, FORGET -> questions.heard(peer, frame);
      case FAILED -> health.fail(Failed.of(frame.payload(), size).exception());
      case END -> {
        endedNanos = System.nanoTime();
        hasEnded = true;
        orders.add(Optional.empty());
      }
      case BYE -> {
        if (!peer.hasSaidBye) {
          peer.hasSaidBye = true;
          farewells.countDown();
        }
      }
      case FAREWELL -> farewells.countDown();
      default -> throw new MalformedFrameException("a frame " + frame.kind());
    }
  }

  /** A connection is gone; that is no failure where the other rank has said goodbye. */
  private void lost(Peer peer, IOException cause) {
    boolean isFarewell = isClosed || peer.hasSaidBye || (rank != 0 && farewells.getCount() == 0);
    if (!isFarewell) {
      health.fail(
          peer.rank,
          peer.host,
          "its connection is gone (%s), so its process has ended or its network has"
              .formatted(cause.getMessage()),
          cause);
    }
  }

  private void beat(Peer peer) {
    long pulseNanos = times.pulse().toNanos();
    try {
      while (!isClosed && health.isWell()) {
        peer.wire.writeSoon(Wire.Waiting.LONG, pulse().frame(FrameKind.PULSE), pulseNanos / 2);
        LockSupport.parkNanos(this, pulseNanos);
      }
    } catch (IOException e) {
      lost(peer, e);
    }
  }

  private void watch() {
    long lookNanos = Math.max(1_000_000, times.pulse().toNanos() / 4);
    while (!isClosed && health.isWell()) {
      peers.forEach(this::requireHeard);
      if (rank == 0) {
        requireTogether();
      }
      requireData();
      LockSupport.parkNanos(this, lookNanos);
    }
  }

  private void requireHeard(Peer peer) {
    long silent = System.nanoTime() - peer.wire.heardNanos();
    if (silent > times.patience().toNanos() && !peer.hasSaidBye && farewells.getCount() > 0) {
      health.fail(peer.rank, peer.host, silent(silent), null);
    }
  }

  private static String silent(long nanos) {
    return "gave no sign of life for %.1f s, so its process has stopped or its network is gone"
        .formatted(nanos / 1e9);
  }

  /** Names who keeps the others waiting. */
  private void requireTogether() {
    List<Pulse> pulses = new ArrayList<>();
    pulses.add(pulse());
    peers.forEach(peer -> pulses.add(peer.pulse));
    long limit = times.patience().toNanos() - times.pulse().toNanos() / 2;
    OptionalInt missing = Pulse.missing(pulses, limit);
    if (missing.isEmpty()) {
      return;
    }
    int late = missing.getAsInt();
    if (late == 0) {
      health.fail(0, host, late(), null);
      return;
    }
    Peer peer = peers.get(late - 1);
    long silent = System.nanoTime() - peer.wire.heardNanos();
    boolean isSilent = silent > SILENT_PULSES * times.pulse().toNanos();
    health.fail(late, peer.host, isSilent ? silent(silent) : late(), null);
  }

  private String late() {
    return "has not come to where the others wait for it within %.1f s"
        .formatted((times.patience().toNanos() + progress.graceNanos()) / 1e9);
  }

  /** All have come, and yet partials do not. Later than rank 0 would name who has not. */
  private void requireData() {
    long waiting = progress.waitingNanos();
    if (waiting > times.patience().toNanos() + DATA_NANOS) {
      Peer other = peers.get(0);
      health.fail(
          other.rank,
          other.host,
          "a collective did not end within %.1f s though all ranks are alive: partials do not come"
                  .formatted((waiting + progress.graceNanos()) / 1e9)
              + " through to rank "
              + rank,
          null);
    }
  }

  /** Tells all others of the first failure. */
  private void tell() {
    RankFailedException failure = health.failure();
    if (failure == null) {
      return;
    }
    Frame frame = Failed.of(failure).frame(FrameKind.FAILED);
    for (Peer peer : peers) {
      try {
        Wire.within(
            TELL_NANOS,
            waiting -> {
              peer.wire.writeIfIdle(waiting, frame);
              return frame;
            });
      } catch (IOException e) {
        // Whoever cannot be told will miss the signs of life.
      }
    }
  }

  void abort(Throwable cause) {
    health.fail(rank, host, "ended with " + cause, cause);
  }

  /** Rank 0 waits for the others, and they for it; returns whether all are alive. */
  boolean end() {
    if (isClosing) {
      return false;
    }
    isClosing = true;
    if (rank != 0 && !hasEnded) {
      health.fail(rank, host, "closed while others went on", null);
    }
    for (Peer peer : peers) {
      try {
        say(peer, rank == 0 ? FrameKind.END : FrameKind.BYE);
      } catch (IOException e) {
        lost(peer, e);
      }
    }
    boolean isOrderly = awaitFarewells();
    if (rank == 0) {
      for (Peer peer : peers) {
        try {
          say(peer, FrameKind.FAREWELL);
        } catch (IOException e) {
          isOrderly = false;
        }
      }
    }
    return isOrderly;
  }

  private void say(Peer peer, FrameKind kind) throws IOException {
    if (health.isWell()) {
      Wire.within(
          times.patience().toNanos(),
          waiting -> {
            peer.wire.write(waiting, Frame.of(kind));
            return kind;
          });
    }
  }

  private boolean awaitFarewells() {
    long until = System.nanoTime() + times.patience().toNanos();
    boolean interrupted = false;
    boolean all = false;
    while (!all && health.isWell() && System.nanoTime() - until < 0) {
      try {
        all = farewells.await(20, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return all && health.isWell();
  }

  void close() {
    isClosed = true;
    questions.leave();
    peers.forEach(peer -> peer.wire.close());
    threads.forEach(LockSupport::unpark);
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      try {
        if (thread != Thread.currentThread()) {
          thread.join(JOIN_MILLIS);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
