package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Between two ranks lies a network that loses everything from some moment on, and says nothing. */
class LostNetworkTest {
  @Test
  void a_network_that_is_gone_is_noticed_on_both_sides() throws Exception {
    try (Network network = new Network();
        Members members = new Members(network.join())) {
      CountDownLatch working = new CountDownLatch(2);
      List<Future<?>> both = new ArrayList<>();
      for (int rank = 0; rank < 2; rank++) {
        both.add(
            members.start(
                rank,
                member -> {
                  Communicator communicator = member.communicator(100);
                  while (true) {
                    communicator.sum(member.tensor(new float[][] {{1}}));
                    working.countDown();
                  }
                }));
      }
      while (!working.await(20, TimeUnit.MILLISECONDS)) {
        assertThat(both).noneMatch(Future::isDone);
      }
      network.lose();
      RankFaultsContract.assertNames(Members.failure(both.get(0)), 1, "sign of life");
      RankFaultsContract.assertNames(Members.failure(both.get(1)), 0, "sign of life");
    }
  }

  @Test
  void a_network_that_is_gone_while_nobody_works_is_noticed_too() throws Exception {
    try (Network network = new Network();
        Members members = new Members(network.join())) {
      Future<?> idle = members.start(1, member -> member.ranks().receive());
      network.lose();
      RankFaultsContract.assertNames(Members.failure(idle), 0, "sign of life");
    }
  }

  /** Hands on what one side says to the other, until it is lost. */
  private static final class Network implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new ArrayList<>();
    private volatile boolean isLost;

    Network() throws IOException {}

    List<Ranks> join() throws Exception {
      RankTimes times = RankTimes.DEFAULTS.withPatience(Duration.ofSeconds(2));
      Introduction same = new Introduction("1.0", new byte[] {1}, 1, 100);
      Meeting host =
          Meeting.host(
              2, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TcpRanksTest.TOKEN);
      Future<?> between = threads.submit(() -> connect(host.address()));
      InetSocketAddress at =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
      Meeting guest = Meeting.guest(2, 1, at, TcpRanksTest.TOKEN);
      Future<Ranks> first = threads.submit(() -> ProcessRanks.join(host, same, times, null));
      Ranks second = ProcessRanks.join(guest, same, times, null);
      List<Ranks> all = List.of(Members.result(first), second);
      Members.result(between);
      return all;
    }

    private Object connect(InetSocketAddress to) throws IOException {
      for (int i = 0; i < 2; i++) {
        Socket one = listener.accept();
        Socket other = new Socket(to.getAddress(), to.getPort());
        one.setTcpNoDelay(true);
        other.setTcpNoDelay(true);
        sockets.addAll(List.of(one, other));
        threads.execute(() -> pump(one, other));
        threads.execute(() -> pump(other, one));
      }
      return sockets;
    }

    private void pump(Socket from, Socket to) {
      byte[] buffer = new byte[65536];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (!isLost) {
            out.write(buffer, 0, count);
          }
        }
      } catch (IOException e) {
        // The test is over.
      }
    }

    void lose() {
      isLost = true;
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
      listener.close();
      threads.shutdownNow();
    }
  }
}
