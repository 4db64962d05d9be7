package io.longcat4j.parallel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;

@Tag("once")
class TcpRanksTest extends QuestionsContract {
  static final byte[] TOKEN = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  @Override
  List<Ranks> open(int size, RankTimes times) throws Exception {
    return size == 1 ? List.of(Ranks.single()) : join(size, times);
  }

  static List<Ranks> join(int size, RankTimes times) throws Exception {
    Introduction same = Introduction.of(new byte[] {1, 2, 3}, 10, 1000);
    Meeting host =
        Meeting.host(size, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TOKEN);
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Future<Ranks>> joining = new ArrayList<>();
      joining.add(threads.submit(() -> ProcessRanks.join(host, same, times, null)));
      for (int rank = 1; rank < size; rank++) {
        Meeting guest = Meeting.guest(size, rank, host.address(), TOKEN);
        joining.add(threads.submit(() -> ProcessRanks.join(guest, same, times, null)));
      }
      List<Ranks> all = new ArrayList<>();
      for (Future<Ranks> one : joining) {
        all.add(Members.result(one));
      }
      return all;
    } finally {
      threads.shutdown();
    }
  }
}
