package io.longcat4j.parallel;

import io.longcat4j.RankFailedException;
import io.longcat4j.parallel.Members.Member;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A rank in a process of its own, joined as its environment says. It obeys orders of one byte until
 * rank 0 closes, and says so; where ranks fail it says why and ends with the code for that.
 */
public final class FollowerProgram {
  static final byte SUM = 1;
  static final byte HALT = 2;
  static final byte STALL = 3;
  static final byte THROW = 4;
  static final byte NOTHING = 5;

  private FollowerProgram() {}

  public static void main(String[] arguments) throws Exception {
    RankTimes times =
        RankTimes.DEFAULTS.withPatience(Duration.ofMillis(Long.parseLong(arguments[0])));
    Launch launch = Launch.of(System.getenv());
    Introduction introduction = new Introduction("1.0", new byte[] {1}, 1, 1000);
    try (Ranks ranks = ProcessRanks.join(launch, introduction, times);
        Member member = new Member(ranks)) {
      obey(member, launch.rank());
      System.out.println("no more orders");
    } catch (RankFailedException e) {
      System.out.println(e.getMessage());
      System.exit(RankFailedException.EXIT_CODE);
    }
  }

  private static void obey(Member member, int rank) throws InterruptedException {
    Communicator communicator = member.communicator(1 << 20);
    Ranks ranks = member.ranks();
    for (Optional<ByteBuffer> next = ranks.receive(); next.isPresent(); next = ranks.receive()) {
      byte order = next.get().get();
      boolean isMine = next.get().remaining() == 0 || next.get().get() == rank;
      if (isMine && order == HALT) {
        Runtime.getRuntime().halt(17);
      } else if (isMine && order == STALL) {
        new CountDownLatch(1).await();
      } else if (isMine && order == THROW) {
        ranks.abort(new IllegalStateException("planted in rank " + rank));
      }
      if (order == NOTHING) {
        continue;
      }
      communicator.sum(member.tensor(new float[][] {{rank + 1, 1}}));
    }
  }
}
