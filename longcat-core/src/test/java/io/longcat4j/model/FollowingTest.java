package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.RankFailedException;
import io.longcat4j.parallel.LocalRanks;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a process that is a rank follows and comes back. */
class FollowingTest {
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final List<Ranks> ranks = LocalRanks.open(2, RankTimes.DEFAULTS);

  @AfterEach
  void close() {
    ranks.get(1).close();
    ranks.get(0).close();
  }

  private static Follower doing(Runnable task) {
    return new Follower() {
      @Override
      public void follow() {
        task.run();
      }

      @Override
      public void close() {}
    };
  }

  private Following following(Runnable task) {
    return new Following(ranks.get(1), doing(task), PATIENCE);
  }

  private static void await(CountDownLatch latch) {
    boolean isOver = false;
    while (!isOver) {
      try {
        latch.await();
        isOver = true;
      } catch (InterruptedException e) {
        // As native code, which knows no interruption.
      }
    }
  }

  @Test
  void it_ends_with_rank_0() {
    ranks.get(0).order(new byte[1]);
    ranks.get(0).close();
    Following following =
        following(
            () -> {
              assertThat(ranks.get(1).nextOrder()).isPresent();
              assertThat(ranks.get(1).nextOrder()).isEmpty();
            });
    following.await();
    assertThat(following.isStuck()).isFalse();
  }

  @Test
  void what_following_throws_is_thrown() {
    for (Throwable planted :
        List.of(new IllegalStateException("planted"), new OutOfMemoryError("planted"))) {
      Following following =
          following(
              () -> {
                if (planted instanceof Error error) {
                  throw error;
                }
                throw (RuntimeException) planted;
              });
      assertThatThrownBy(following::await).isSameAs(planted);
      assertThat(following.isStuck()).isFalse();
    }
  }

  @Test
  void a_rank_that_stands_still_is_left_once_another_has_failed() {
    CountDownLatch over = new CountDownLatch(1);
    Following following =
        following(
            () -> {
              ranks.get(0).abort(new IllegalStateException("lost"));
              await(over);
            });
    Thread.currentThread().interrupt();
    assertThatThrownBy(following::await)
        .isInstanceOf(RankFailedException.class)
        .hasMessageContaining("lost");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(following.isStuck()).isTrue();
    over.countDown();
  }

  @Test
  void a_rank_that_hears_of_a_failure_itself_is_waited_for() {
    Following following =
        following(
            () -> {
              ranks.get(0).abort(new IllegalStateException("lost"));
              ranks.get(1).check();
            });
    assertThatThrownBy(following::await).isInstanceOf(RankFailedException.class);
    assertThat(following.isStuck()).isFalse();
  }
}
