package io.longcat4j.parallel;

import io.longcat4j.BackendException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * Where ranks of several processes meet: rank 0 listens at an address of its own host and nowhere
 * else, the others connect to it. All know one token, without which nobody is let in. What is sent
 * is not encrypted: the network between hosts is to be trusted.
 */
public final class Meeting implements AutoCloseable {
  private final int size;
  private final int rank;
  private final InetSocketAddress address;
  private final byte[] token;
  private final @Nullable ServerSocketChannel listener;

  private Meeting(
      int size,
      int rank,
      InetSocketAddress address,
      byte[] token,
      @Nullable ServerSocketChannel listener) {
    this.size = size;
    this.rank = rank;
    this.address = address;
    this.token = token;
    this.listener = listener;
  }

  /**
   * Rank 0: begins to listen.
   *
   * @param size how many ranks
   * @param on an address of this host; port 0 for any that is free
   * @param token the secret
   * @return the meeting; {@link #address} tells where
   * @throws BackendException if it cannot listen there
   */
  public static Meeting host(int size, InetSocketAddress on, byte[] token) {
    InetAddress where = on.getAddress();
    if (where == null || where.isAnyLocalAddress()) {
      throw new BackendException(
          "rank 0 listens at one address, and " + on + " is none; give that of an interface");
    }
    ServerSocketChannel listener = null;
    try {
      listener = ServerSocketChannel.open();
      listener.bind(on);
      listener.configureBlocking(false);
      InetSocketAddress bound = (InetSocketAddress) listener.getLocalAddress();
      return new Meeting(size, 0, bound, token.clone(), listener);
    } catch (IOException e) {
      if (listener != null) {
        Wire.closeQuietly(listener);
      }
      throw new BackendException(
          "rank 0 cannot listen at "
              + on
              + " ("
              + e.getMessage()
              + "); set MASTER_ADDR or "
              + Launch.INTERFACE
              + " to an address of the host of rank 0, and MASTER_PORT to a free port",
          e);
    }
  }

  /**
   * Other ranks: will connect to rank 0.
   *
   * @param size how many ranks
   * @param rank which this is
   * @param at where rank 0 listens
   * @param token the secret
   * @return the meeting
   */
  public static Meeting guest(int size, int rank, InetSocketAddress at, byte[] token) {
    if (rank < 1 || rank >= size) {
      throw new IllegalArgumentException("rank " + rank + " of " + size + " is no guest");
    }
    return new Meeting(size, rank, at, token.clone(), null);
  }

  /**
   * Another rank of the same process, which is to come here.
   *
   * @param guest which
   * @return its meeting
   */
  public Meeting guest(int guest) {
    return guest(size, guest, address, token);
  }

  /**
   * As the environment says.
   *
   * @param launch of this process
   * @return the meeting
   * @throws BackendException if the token or the address is missing, or rank 0 cannot listen there
   */
  static Meeting of(Launch launch) {
    String token =
        launch
            .token()
            .orElseThrow(
                () ->
                    new BackendException(
                        "ranks that meet over TCP share a secret: set "
                            + Launch.TOKEN
                            + " to the same random text on all ranks, such as what 'openssl rand"
                            + " -hex 16' prints"));
    byte[] secret = token.getBytes(StandardCharsets.UTF_8);
    String name =
        launch
            .address()
            .orElseThrow(
                () ->
                    new BackendException(
                        launch
                            + ", and nothing says where rank 0 is; set MASTER_ADDR (and"
                            + " MASTER_PORT) on all ranks"));
    InetSocketAddress at = new InetSocketAddress(name, launch.port());
    if (launch.rank() > 0) {
      return guest(launch.size(), launch.rank(), at, secret);
    }
    InetAddress on =
        launch.networkInterface().map(Meeting::addressOf).orElseGet(() -> resolved(name));
    return host(launch.size(), new InetSocketAddress(on, launch.port()), secret);
  }

  private static InetAddress resolved(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new BackendException("MASTER_ADDR: there is no host " + name, e);
    }
  }

  /**
   * The address of an interface.
   *
   * @param named its name, such as {@code eth0}, or an address
   * @return one of its addresses, of version 4 if it has one
   * @throws BackendException if there is none
   */
  public static InetAddress addressOf(String named) {
    try {
      NetworkInterface found = NetworkInterface.getByName(named);
      if (found != null) {
        return Collections.list(found.getInetAddresses()).stream()
            .min((a, b) -> a.getAddress().length - b.getAddress().length)
            .orElseThrow(
                () ->
                    new BackendException(
                        "the interface "
                            + named
                            + " has no address; give another in "
                            + Launch.INTERFACE));
      }
      return InetAddress.getByName(named);
    } catch (SocketException | UnknownHostException e) {
      throw new BackendException(
          Launch.INTERFACE + " is '" + named + "', which is neither an interface nor an address",
          e);
    }
  }

  /**
   * How many ranks there are to be.
   *
   * @return at least 1
   */
  public int size() {
    return size;
  }

  /**
   * Which rank this is.
   *
   * @return from 0
   */
  public int rank() {
    return rank;
  }

  /**
   * Where rank 0 listens.
   *
   * @return with the port
   */
  public InetSocketAddress address() {
    return address;
  }

  byte[] token() {
    return token;
  }

  @Nullable ServerSocketChannel listener() {
    return listener;
  }

  /** Listens no more; idempotent. */
  @Override
  public void close() {
    if (listener != null) {
      Wire.closeQuietly(listener);
    }
  }
}
