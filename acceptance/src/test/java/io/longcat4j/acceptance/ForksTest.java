package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Scheduling;
import io.longcat4j.Text;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Forks of one conversation, closed or forgotten: each goes on by itself, and none is in the way.
 */
@Tag("once")
class ForksTest {
  private static final Generation TWO =
      Generation.builder().maxNewTokens(2).ignoreEos(true).build();
  private static final int QUESTIONS = 10;

  @Test
  void every_fork_answers_as_the_first_one_did_and_the_conversation_stays_as_it_was() {
    Scheduling small = Scheduling.builder().cacheBytes(1_500_000).build();
    try (LongCat longcat = RandomCheckpoint.builder().scheduling(small).build();
        Conversation trunk = longcat.conversation()) {
      trunk.send(TWO, Text.of("What is there to see in Beijing, and in what order?"));
      int positions = trunk.positions();
      List<List<Integer>> expected = new ArrayList<>();
      for (int i = 0; i < QUESTIONS; i++) {
        expected.add(ask(trunk.fork(), i));
      }
      int forks = Length.of(500, 40_000);
      for (int i = 0; i < forks; i++) {
        Conversation fork = trunk.fork();
        assertThat(ask(fork, i % QUESTIONS)).isEqualTo(expected.get(i % QUESTIONS));
        if (i % 2 == 0) {
          fork.close();
        }
      }
      assertThat(trunk.positions()).isEqualTo(positions);
      assertThat(ask(trunk, 0)).isEqualTo(expected.get(0));
    }
  }

  private static List<Integer> ask(Conversation conversation, int question) {
    return conversation.send(TWO, Text.of("And " + question + " days later?")).textIds();
  }
}
