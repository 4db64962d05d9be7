package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class LocalRanksTest extends QuestionsContract {
  @Override
  List<Ranks> open(int size, RankTimes times) {
    return LocalRanks.open(size, times);
  }

  @Test
  void a_rank_whose_thread_has_ended_without_a_word_is_named() throws Exception {
    try (Members members = new Members(LocalRanks.open(2, QUICK))) {
      Thread ends =
          new Thread(
              () -> {
                try (Members.Member member = new Members.Member(members.ranks(1))) {
                  member.communicator(10).barrier();
                }
              });
      ends.start();
      Future<?> waiting =
          members.start(
              0,
              member -> {
                Communicator communicator = member.communicator(10);
                communicator.barrier();
                communicator.barrier();
                return null;
              });
      ends.join();
      assertNames(Members.failure(waiting), 1, "thread has ended");
    }
  }

  @Test
  void one_rank_costs_nothing() {
    List<Ranks> alone = LocalRanks.open(1, QUICK);
    assertThat(alone).containsExactly(Ranks.single());
    assertThatThrownBy(() -> LocalRanks.open(0, QUICK)).hasMessageContaining("at least 1");
  }

  @Test
  void ranks_that_disagree_on_slots_are_told() throws Exception {
    try (Members members = new Members(LocalRanks.open(2, QUICK))) {
      Future<?> first = members.start(0, member -> member.communicator(10));
      Future<?> second = members.start(1, member -> member.communicator(11));
      List<Throwable> failures = List.of(Members.failure(first), Members.failure(second));
      assertThat(failures).anyMatch(failure -> failure.getMessage().contains("slots of"));
    }
  }
}
