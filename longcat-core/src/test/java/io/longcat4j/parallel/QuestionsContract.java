package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.RankFailedException;
import io.longcat4j.parallel.Members.Member;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Questions that rank 0 asks beside its orders, however ranks are connected. */
abstract class QuestionsContract extends RanksContract {
  private static final int HANGS_SECONDS = 60;

  private static ByteBuffer numbers(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      bytes.put((byte) (i * 31 + i / 251));
    }
    return bytes.flip();
  }

  private static byte[] array(ByteBuffer bytes) {
    byte[] all = new byte[bytes.remaining()];
    bytes.duplicate().get(all);
    return all;
  }

  /** The same bytes in the opposite order, so that none is in its place by chance. */
  private static ByteBuffer turned(ByteBuffer question) {
    byte[] all = array(question);
    for (int i = 0; i < all.length / 2; i++) {
      byte one = all[i];
      all[i] = all[all.length - 1 - i];
      all[all.length - 1 - i] = one;
    }
    return ByteBuffer.wrap(all);
  }

  private static Future<List<String>> answering(Members members, int rank, Answerer answerer) {
    return members.start(
        rank,
        member -> {
          Answering answering = member.ranks().answer(answerer);
          try {
            return obey(member.ranks());
          } finally {
            assertThat(answering.end()).isTrue();
          }
        });
  }

  private static byte[] ask(Members members, int rank, ByteBuffer question) {
    return array(members.ranks(0).ask(rank, question, () -> {}));
  }

  @Test
  void questions_of_any_length_are_answered_by_the_rank_that_was_asked() throws Exception {
    try (Members members = members(3)) {
      Future<?> first = answering(members, 1, (question, wanted) -> turned(question));
      Future<?> second = answering(members, 2, (question, wanted) -> ByteBuffer.allocate(0));
      int piece = Pieces.MOST_BYTES;
      for (int length : new int[] {0, 1, piece - 1, piece, piece + 1, 5 * piece + 7}) {
        ByteBuffer question = numbers(length);
        assertThat(ask(members, 1, question)).isEqualTo(array(turned(question)));
        assertThat(question.position()).isZero();
        assertThat(ask(members, 2, question)).isEmpty();
      }
      members.ranks(0).close();
      Members.result(first);
      Members.result(second);
    }
  }

  @Test
  void questions_are_answered_side_by_side_while_the_rank_obeys_orders() throws Exception {
    try (Members members = members(2)) {
      CountDownLatch both = new CountDownLatch(2);
      CountDownLatch obeyed = new CountDownLatch(1);
      Future<List<String>> other =
          answering(
              members,
              1,
              (question, wanted) -> {
                both.countDown();
                await(obeyed);
                return turned(question);
              });
      List<CompletableFuture<byte[]>> answers = new ArrayList<>();
      for (int i = 1; i <= 2; i++) {
        ByteBuffer question = numbers(Pieces.MOST_BYTES * i);
        answers.add(CompletableFuture.supplyAsync(() -> ask(members, 1, question)));
      }
      await(both);
      members.ranks(0).send(ByteBuffer.wrap(new byte[] {'o'}));
      members.ranks(0).awaitOthers();
      assertThat(answers).noneMatch(CompletableFuture::isDone);
      obeyed.countDown();
      for (int i = 1; i <= 2; i++) {
        assertThat(Members.result(answers.get(i - 1)))
            .isEqualTo(array(turned(numbers(Pieces.MOST_BYTES * i))));
      }
      members.ranks(0).close();
      assertThat(Members.result(other)).containsExactly("o");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(HANGS_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_question_waits_for_a_rank_that_does_not_answer_yet() throws Exception {
    try (Members members = members(2)) {
      CompletableFuture<byte[]> early =
          CompletableFuture.supplyAsync(() -> ask(members, 1, numbers(9)));
      Future<?> other =
          members.start(
              1,
              member -> {
                assertThat(member.ranks().receive()).isPresent();
                Answering answering = member.ranks().answer((question, wanted) -> turned(question));
                obey(member.ranks());
                return answering.end();
              });
      members.ranks(0).send(ByteBuffer.allocate(1));
      assertThat(Members.result(early)).isEqualTo(array(turned(numbers(9))));
      members.ranks(0).close();
      Members.result(other);
    }
  }

  @Test
  void whoever_no_longer_waits_ends_the_work_and_nothing_else() throws Exception {
    try (Members members = members(2)) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch ended = new CountDownLatch(1);
      Future<?> other =
          answering(
              members,
              1,
              (question, wanted) -> {
                if (question.hasRemaining()) {
                  return turned(question);
                }
                begun.countDown();
                try {
                  while (true) {
                    wanted.check();
                    Thread.onSpinWait();
                  }
                } finally {
                  ended.countDown();
                }
              });
      AtomicBoolean isOver = new AtomicBoolean();
      CompletableFuture<Throwable> asked =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  members
                      .ranks(0)
                      .ask(
                          1,
                          ByteBuffer.allocate(0),
                          () -> {
                            if (isOver.get()) {
                              throw new GenerationCancelledException("over");
                            }
                          });
                  return new AssertionError("answered");
                } catch (RuntimeException e) {
                  return e;
                }
              });
      await(begun);
      isOver.set(true);
      assertThat(Members.result(asked))
          .isInstanceOf(GenerationCancelledException.class)
          .hasMessage("over");
      await(ended);
      assertThat(ask(members, 1, numbers(3))).isEqualTo(array(turned(numbers(3))));
      members.ranks(0).close();
      Members.result(other);
    }
  }

  @Test
  void an_interrupted_thread_gets_its_answer_and_stays_interrupted() throws Exception {
    try (Members members = members(2)) {
      Future<?> other = answering(members, 1, (question, wanted) -> turned(question));
      Future<Boolean> still =
          members.start(
              0,
              member -> {
                Thread.currentThread().interrupt();
                assertThat(ask(members, 1, numbers(Pieces.MOST_BYTES + 1)))
                    .hasSize(Pieces.MOST_BYTES + 1);
                return Thread.currentThread().isInterrupted();
              });
      assertThat(Members.result(still)).isTrue();
      members.ranks(0).close();
      Members.result(other);
    }
  }

  @Test
  void what_an_answer_did_not_expect_ends_all_ranks() throws Exception {
    try (Members members = impatient(2)) {
      Future<?> other =
          answering(
              members,
              1,
              (question, wanted) -> {
                throw new IllegalStateException("planted");
              });
      assertNames(failure(members), 1, "planted");
      assertThat(Members.failure(other)).isInstanceOf(RankFailedException.class);
    }
  }

  @Test
  void a_rank_that_fails_while_it_answers_is_named() throws Exception {
    try (Members members = members(3)) {
      CountDownLatch over = new CountDownLatch(1);
      Future<?> other =
          answering(
              members,
              1,
              (question, wanted) -> {
                members.ranks(1).abort(new IllegalStateException("lost"));
                await(over);
                return question;
              });
      assertNames(failure(members), 1, "lost");
      over.countDown();
      assertThat(Members.failure(other)).isInstanceOf(RankFailedException.class);
    }
  }

  private static Throwable failure(Members members) throws Exception {
    return Members.failure(members.start(0, (Member member) -> ask(members, 1, numbers(1))));
  }

  @Test
  void questions_that_nobody_can_ask_or_answer_are_refused() throws Exception {
    try (Members members = members(2)) {
      for (int rank : new int[] {-1, 0, 2}) {
        assertThatThrownBy(() -> ask(members, rank, numbers(1)))
            .isInstanceOf(IllegalStateException.class);
      }
      assertThatThrownBy(() -> members.ranks(1).ask(1, numbers(1), () -> {}))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> members.ranks(0).answer((question, wanted) -> question))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> Ranks.single().ask(1, numbers(1), () -> {}))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
