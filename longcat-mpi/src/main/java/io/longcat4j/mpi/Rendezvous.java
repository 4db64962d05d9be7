package io.longcat4j.mpi;

import io.longcat4j.BackendException;
import io.longcat4j.parallel.Exchange;
import io.longcat4j.parallel.HostName;
import io.longcat4j.parallel.Launch;
import io.longcat4j.parallel.Meeting;
import io.longcat4j.parallel.Watch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where ranks of one MPI job meet over TCP: rank 0 chooses the place and tells it over MPI. */
final class Rendezvous {
  private static final int SLOT_BYTES = 1024;
  private static final int TOKEN_BYTES = 32;
  private static final int MOST_NAME_BYTES = 255;

  private final int size;
  private final int rank;
  private final Launch launch;
  private final Exchange exchange;

  Rendezvous(int size, int rank, Launch launch, Duration joining, MpiTransport transport) {
    this.size = size;
    this.rank = rank;
    this.launch = launch;
    this.exchange = transport.open(SLOT_BYTES, limit(joining));
  }

  private static Watch limit(Duration joining) {
    long until = System.nanoTime() + joining.toNanos();
    return () -> {
      if (System.nanoTime() - until > 0) {
        throw new BackendException(
            "not all ranks came together over MPI within "
                + joining.toSeconds()
                + " s; see what the others say");
      }
    };
  }

  Meeting meeting() {
    Set<String> hosts = hosts();
    ByteBuffer place = exchange.slot(exchange.begin(), 0);
    Meeting host = null;
    if (rank == 0) {
      host = host(hosts, place);
    }
    exchange.broadcast(SLOT_BYTES);
    return host == null ? guest(place) : host;
  }

  private Set<String> hosts() {
    int set = exchange.begin();
    put(exchange.slot(set, rank).clear(), HostName.own());
    exchange.gatherToAll(SLOT_BYTES);
    Set<String> hosts = new LinkedHashSet<>();
    for (int r = 0; r < size; r++) {
      hosts.add(get(exchange.slot(set, r).clear()));
    }
    return hosts;
  }

  private Meeting host(Set<String> hosts, ByteBuffer place) {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    try {
      Meeting meeting = Meeting.host(size, new InetSocketAddress(address(hosts), 0), token);
      byte[] address = meeting.address().getAddress().getAddress();
      place.clear().put((byte) 1).putInt(meeting.address().getPort()).put(token);
      place.put((byte) address.length).put(address);
      return meeting;
    } catch (BackendException e) {
      put(place.clear().put((byte) 0), String.valueOf(e.getMessage()));
      exchange.broadcast(SLOT_BYTES);
      throw e;
    }
  }

  private InetAddress address(Set<String> hosts) {
    if (launch.networkInterface().isPresent()) {
      return Meeting.addressOf(launch.networkInterface().get());
    }
    if (hosts.size() == 1) {
      return InetAddress.getLoopbackAddress();
    }
    throw new BackendException(
        "the ranks run on "
            + String.join(", ", hosts)
            + "; set "
            + Launch.INTERFACE
            + " to the interface (such as eth0) or address on which rank 0 is to listen, and hand it"
            + " on: mpirun -x "
            + Launch.INTERFACE);
  }

  private Meeting guest(ByteBuffer place) {
    place.clear();
    if (place.get() == 0) {
      throw new BackendException("rank 0: " + get(place));
    }
    int port = place.getInt();
    byte[] token = new byte[TOKEN_BYTES];
    place.get(token);
    byte[] address = new byte[place.get()];
    place.get(address);
    try {
      InetSocketAddress at = new InetSocketAddress(InetAddress.getByAddress(address), port);
      return Meeting.guest(size, rank, at, token);
    } catch (UnknownHostException e) {
      throw new BackendException("rank 0 told no address over MPI", e);
    }
  }

  private static void put(ByteBuffer into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, MOST_NAME_BYTES * 3);
    into.putInt(length).put(bytes, 0, length);
  }

  private static String get(ByteBuffer from) {
    byte[] bytes = new byte[Math.max(0, Math.min(from.getInt(), from.remaining()))];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
