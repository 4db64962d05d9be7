package io.longcat4j.parallel;

import io.longcat4j.RankFailedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How a rank other than 0 comes to a meeting. */
final class Guest {
  private static final long TRY_AGAIN_NANOS = 50_000_000;

  private final Meeting meeting;
  private final Hello hello;
  private final RankTimes times;
  private final Handshake handshake;

  Guest(Meeting meeting, Hello hello, RankTimes times) {
    this(meeting, hello, times, new Handshake(meeting.token()));
  }

  Guest(Meeting meeting, Hello hello, RankTimes times, Handshake handshake) {
    this.meeting = meeting;
    this.hello = hello;
    this.times = times;
    this.handshake = handshake;
  }

  Connections meet(boolean needsBulk) {
    long until = System.nanoTime() + times.joining().toNanos();
    List<Wire> wires = new ArrayList<>();
    try {
      wires.add(introduce(hello, until));
      IOException lost = needsBulk ? addBulk(wires, until) : null;
      Frame answer = answer(wires.get(0), until);
      if (answer.kind() == FrameKind.REFUSED) {
        throw Failed.of(answer.payload(), meeting.size()).exception();
      }
      if (lost != null) {
        throw lost;
      }
      return new Connections(
          hosts(answer.payload()), wires.subList(0, 1), wires.subList(1, wires.size()));
    } catch (IOException | RuntimeException e) {
      wires.forEach(Wire::close);
      throw e instanceof RankFailedException known ? known : failed(e);
    }
  }

  /** Where this fails, rank 0 may still say why on the other connection. */
  private @Nullable IOException addBulk(List<Wire> wires, long until) {
    try {
      wires.add(introduce(bulk(), until));
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /** Rank 0 gives up first, and says why. */
  private Frame answer(Wire wire, long until) throws IOException {
    long left = Math.max(0, until - System.nanoTime()) + times.patience().toNanos();
    return Wire.within(
        left, waiting -> Frame.read(wire, waiting, FrameKind.WELCOME, FrameKind.REFUSED));
  }

  private Hello bulk() {
    return new Hello(
        true,
        hello.size(),
        hello.rank(),
        hello.host(),
        hello.transport(),
        hello.patienceMillis(),
        hello.introduction());
  }

  private Wire introduce(Hello words, long until) throws IOException {
    Wire wire = connect(until);
    try {
      Wire.within(
          until - System.nanoTime(),
          waiting -> {
            handshake.approach(wire, waiting, hello.rank());
            wire.write(waiting, words.frame());
            return wire;
          });
      return wire;
    } catch (IOException | RuntimeException e) {
      wire.close();
      throw e;
    }
  }

  /** Rank 0 may not listen yet. */
  private Wire connect(long until) throws IOException {
    while (true) {
      // Its name may not be known yet either.
      InetSocketAddress at = meeting.address();
      InetSocketAddress fresh = new InetSocketAddress(at.getHostString(), at.getPort());
      SocketChannel channel = SocketChannel.open();
      try {
        if (fresh.isUnresolved()) {
          throw new ConnectException("there is no host " + fresh.getHostString());
        }
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        channel.socket().connect(fresh, (int) Math.max(1, Math.min(left, Integer.MAX_VALUE)));
        return new Wire(channel);
      } catch (IOException e) {
        Wire.closeQuietly(channel);
        if (until - System.nanoTime() <= 0) {
          throw e;
        }
        LockSupport.parkNanos(TRY_AGAIN_NANOS);
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  private List<String> hosts(ByteBuffer welcome) throws MalformedFrameException {
    List<String> hosts = new ArrayList<>();
    for (int rank = 0; rank < meeting.size(); rank++) {
      hosts.add(Texts.get(welcome));
    }
    Texts.requireEnd(welcome);
    return List.copyOf(hosts);
  }

  private RankFailedException failed(Exception cause) {
    String message =
        "rank 0 at %s: rank %d on %s could not join it (%s); see what rank 0 says, and that both have"
            + " the same MASTER_ADDR, MASTER_PORT and %s";
    return new RankFailedException(
        0,
        meeting.address().getHostString(),
        message.formatted(
            meeting.address(), hello.rank(), hello.host(), cause.getMessage(), Launch.TOKEN),
        cause);
  }
}
