package io.longcat4j.parallel;

import io.longcat4j.RankFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** How rank 0 receives all others. Strangers are shown out and delay nobody. */
final class Reception {
  private static final long LOOK_MILLIS = 20;
  private static final long GREETING_NANOS = 5_000_000_000L;
  private static final int MOST_AT_ONCE = 64;

  private final Meeting meeting;
  private final Hello own;
  private final RankTimes times;
  private final Handshake handshake;
  private final Admission admission;
  private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE);
  private final List<Thread> greeters = new ArrayList<>();

  // Guarded by this.
  private final @Nullable Hello[] hellos;
  private final @Nullable Wire[] control;
  private final @Nullable Wire[] bulk;
  private final Set<Wire> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> strangers = new ArrayList<>();
  private @Nullable Failed problem;
  private boolean isOver;

  Reception(Meeting meeting, Hello own, RankTimes times) {
    this(meeting, own, times, new Handshake(meeting.token()));
  }

  Reception(Meeting meeting, Hello own, RankTimes times, Handshake handshake) {
    this.meeting = meeting;
    this.own = own;
    this.times = times;
    this.handshake = handshake;
    this.admission = new Admission(own);
    this.hellos = new Hello[meeting.size()];
    this.control = new Wire[meeting.size()];
    this.bulk = new Wire[meeting.size()];
    hellos[0] = own;
  }

  Connections meet(boolean needsBulk) {
    long until = System.nanoTime() + times.joining().toNanos();
    try {
      receive(needsBulk, until);
      Connections all = conclude(needsBulk);
      welcome(all);
      return all;
    } catch (IOException e) {
      Failed failed =
          new Failed(0, own.host(), "rank 0 could not receive others: " + e.getMessage());
      throw refuseAll(failed);
    } finally {
      endGreeters();
    }
  }

  private void receive(boolean needsBulk, long until) throws IOException {
    ServerSocketChannel listener = Objects.requireNonNull(meeting.listener());
    try (Selector selector = Selector.open()) {
      listener.register(selector, SelectionKey.OP_ACCEPT);
      while (!isComplete(needsBulk) && until - System.nanoTime() > 0) {
        selector.select(LOOK_MILLIS);
        selector.selectedKeys().clear();
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
          greet(next);
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new IOException("the thread was interrupted");
        }
      }
    }
  }

  /** On a thread of its own, so that whoever says nothing keeps nobody waiting. */
  private void greet(SocketChannel channel) throws IOException {
    if (!atOnce.tryAcquire()) {
      channel.close();
      return;
    }
    Wire wire = new Wire(channel);
    synchronized (this) {
      open.add(wire);
    }
    Thread greeter = new Thread(() -> greet(wire), "longcat-rank-0-greets");
    greeter.setDaemon(true);
    greeters.add(greeter);
    greeter.start();
  }

  private void greet(Wire wire) {
    try {
      Hello hello =
          Wire.within(
              GREETING_NANOS,
              waiting -> {
                handshake.receive(wire, waiting);
                return Hello.of(Frame.read(wire, waiting, FrameKind.HELLO).payload());
              });
      arrived(hello, wire);
    } catch (Handshake.OtherProtocolException e) {
      int rank = Math.max(0, Math.min(meeting.size() - 1, e.rank));
      problem(
          new Failed(
              rank, wire.peer(), "rank " + e.rank + " at " + wire.peer() + " " + e.getMessage()));
    } catch (IOException e) {
      wire.close();
      synchronized (this) {
        strangers.add(String.valueOf(e.getMessage()));
      }
    } finally {
      atOnce.release();
    }
  }

  private synchronized void arrived(Hello hello, Wire wire) {
    if (isOver) {
      wire.close();
      return;
    }
    Failed misfit = admission.misfit(hello);
    if (misfit != null) {
      refuse(wire, misfit);
      problem(misfit);
      return;
    }
    @Nullable Wire[] places = hello.isBulk() ? bulk : control;
    Hello before = hellos[hello.rank()];
    if (hello.rank() == 0 || places[hello.rank()] != null) {
      String first = before == null ? "another host" : before.host();
      Failed twice =
          new Failed(
              hello.rank(),
              hello.host(),
              "rank %d was taken twice, on %s and on %s; give each process a rank of its own"
                  .formatted(hello.rank(), first, hello.host()));
      refuse(wire, twice);
      problem(twice);
      return;
    }
    places[hello.rank()] = wire;
    hellos[hello.rank()] = hello;
  }

  private synchronized void problem(Failed failed) {
    problem = problem == null ? failed : problem;
  }

  private synchronized boolean isComplete(boolean needsBulk) {
    return problem != null || missing(needsBulk).isEmpty();
  }

  private synchronized Set<Integer> missing(boolean needsBulk) {
    Set<Integer> missing = new TreeSet<>();
    for (int rank = 1; rank < meeting.size(); rank++) {
      if (control[rank] == null || (needsBulk && bulk[rank] == null)) {
        missing.add(rank);
      }
    }
    return missing;
  }

  private synchronized Connections conclude(boolean needsBulk) {
    if (problem != null) {
      throw refuseAll(problem);
    }
    Set<Integer> missing = missing(needsBulk);
    if (!missing.isEmpty()) {
      throw refuseAll(late(missing));
    }
    List<Hello> all = new ArrayList<>();
    for (Hello hello : hellos) {
      all.add(Objects.requireNonNull(hello));
    }
    Failed tooLarge = Admission.memory(all);
    if (tooLarge != null) {
      throw refuseAll(tooLarge);
    }
    List<Wire> others = new ArrayList<>();
    List<Wire> partials = new ArrayList<>();
    for (int rank = 1; rank < meeting.size(); rank++) {
      others.add(Objects.requireNonNull(control[rank]));
      if (needsBulk) {
        partials.add(Objects.requireNonNull(bulk[rank]));
      }
    }
    open.removeAll(others);
    open.removeAll(partials);
    open.forEach(Wire::close);
    return new Connections(all.stream().map(Hello::host).toList(), others, partials);
  }

  private Failed late(Set<Integer> missing) {
    String turnedAway =
        strangers.isEmpty()
            ? ""
            : "; turned away: "
                + String.join(", ", strangers.subList(0, Math.min(5, strangers.size())));
    return new Failed(
        missing.iterator().next(),
        "",
        "rank%s %s of %d did not come to %s within %s s%s; start all ranks at about the same time"
            .formatted(
                missing.size() == 1 ? "" : "s",
                String.join(", ", missing.stream().map(String::valueOf).toList()),
                meeting.size(),
                meeting.address(),
                times.joining().toMillis() / 1000.0,
                turnedAway));
  }

  private void welcome(Connections all) throws IOException {
    ByteBuffer hosts = ByteBuffer.allocate(all.hosts().size() * (Hello.MOST_BYTES + Integer.BYTES));
    all.hosts().forEach(host -> Texts.put(hosts, host));
    Frame frame = new Frame(FrameKind.WELCOME, hosts.flip());
    for (Wire wire : all.control()) {
      Wire.within(
          GREETING_NANOS,
          waiting -> {
            wire.write(waiting, frame);
            return wire;
          });
    }
  }

  private synchronized RankFailedException refuseAll(Failed failed) {
    for (Wire wire : control) {
      if (wire != null) {
        refuse(wire, failed);
      }
    }
    open.forEach(Wire::close);
    return failed.exception();
  }

  private static void refuse(Wire wire, Failed failed) {
    try {
      Wire.within(
          GREETING_NANOS,
          waiting -> {
            wire.write(waiting, failed.frame(FrameKind.REFUSED));
            return wire;
          });
    } catch (IOException e) {
      // Whoever has gone need not be told.
    }
  }

  private void endGreeters() {
    synchronized (this) {
      isOver = true;
    }
    boolean interrupted = Thread.interrupted();
    for (Thread greeter : greeters) {
      try {
        greeter.join(1000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
