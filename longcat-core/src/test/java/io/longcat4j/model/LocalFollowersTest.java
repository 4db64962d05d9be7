package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.CheckpointException;
import io.longcat4j.Experts;
import io.longcat4j.LoadingListener;
import io.longcat4j.RankFailedException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.parallel.LocalRanks;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong on a thread that follows is known to rank 0 at once. */
@Timeout(60)
final class LocalFollowersTest {
  private static final RankTimes PATIENT = RankTimes.DEFAULTS.withPatience(Duration.ofMinutes(10));

  private static void assertThatRankFails(ThrowingCallable call, int rank, String reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RankFailedException.class, failure -> assertThat(failure.rank()).isEqualTo(rank))
        .hasMessageContaining(reason);
  }

  @Test
  void whatFailsWhileARankLoadsIsToldToRank0WithItsReason() {
    List<Ranks> all = LocalRanks.open(4, PATIENT);
    LocalFollowers followers =
        LocalFollowers.start(
            all.subList(1, 4),
            own -> {
              if (own.rank() == 2) {
                throw new CheckpointException("planted");
              }
              return part(own);
            });
    try (Ranks first = all.get(0)) {
      assertThatRankFails(() -> part(first).close(), 2, "planted");
    }
    followers.close();
  }

  @Test
  void whatFailsWhileARankFollowsIsToldToRank0WithItsReason() {
    List<Ranks> all = LocalRanks.open(2, PATIENT);
    LocalFollowers followers = LocalFollowers.start(all.subList(1, 2), LocalFollowersTest::part);
    try (Ranks first = all.get(0)) {
      ModelPart own = part(first);
      first.order(new byte[] {99, 1});
      assertThatRankFails(first::awaitOthers, 1, "An order of rank 0");
      own.close();
    }
    followers.close();
  }

  @Test
  void aRankThatLoadsForLongerThanItsPatienceIsNoFailure() throws Exception {
    RankTimes hasty = RankTimes.DEFAULTS.withPatience(Duration.ofMillis(1500));
    List<Ranks> all = LocalRanks.open(2, hasty);
    CountDownLatch loading = new CountDownLatch(1);
    LocalFollowers followers =
        LocalFollowers.start(all.subList(1, 2), own -> part(own, progress -> await(loading)));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> answering = thread.submit(() -> answer(all.get(0)));
    assertThatThrownBy(() -> answering.get(hasty.patience().toMillis() * 2, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    loading.countDown();
    answering.get();
    thread.shutdown();
    followers.close();
  }

  @Test
  void aRankThatStandsStillIsLeftAloneWhereOthersClose() {
    List<Ranks> all = LocalRanks.open(2, PATIENT);
    CountDownLatch goesOn = new CountDownLatch(1);
    LocalFollowers followers =
        LocalFollowers.start(
            all.subList(1, 2),
            own -> {
              await(goesOn);
              throw new CheckpointException("planted");
            });
    all.get(0).abort(new IllegalStateException("planted"));
    all.get(0).close();

    followers.close(Duration.ofMillis(50));

    goesOn.countDown();
    followers.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(Ranks first) {
    try (ModelPart own = part(first)) {
      try (Served served = Served.of(own.model(), null, 10);
          var sequence = served.cache().open(3)) {
        served.runner().run(Pass.ofTokens(new int[] {5, 6, 7}, 0, sequence.table(), new int[] {2}));
        float[] logits = new float[own.model().config().vocabSize()];
        served.runner().textLogits(0, logits);
        assertThat(logits).isNotEqualTo(new float[logits.length]);
      }
      first.close();
    }
  }

  private static ModelPart part(Ranks own) {
    return part(own, LoadingListener.silent());
  }

  private static ModelPart part(Ranks own, LoadingListener listener) {
    return ModelPart.load(
        Checkpoint.open(TestData.bf16()),
        BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1)),
        new Sharing(own, Experts.AUTO, /* drafts= */ false),
        listener,
        warning -> {});
  }
}
