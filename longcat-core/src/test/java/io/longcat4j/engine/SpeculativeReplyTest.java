package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.AttentionFigures;
import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Plan;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Scheduling;
import io.longcat4j.Text;
import io.longcat4j.testing.DraftingCheckpoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeculativeReplyTest {
  private static final Prompt QUESTION = Prompt.user("What is the capital of France?");
  private static final Generation GREEDY =
      Generation.builder().maxNewTokens(30).ignoreEos(true).build();
  private static final List<Generation> OPTIONS =
      List.of(
          GREEDY,
          GREEDY.toBuilder().topK(0).temperature(0.7).seed(11).topLogprobs(3).build(),
          GREEDY.toBuilder().topK(20).seed(5).repetitionPenalty(1.2).frequencyPenalty(0.3).build(),
          GREEDY.toBuilder().ignoreEos(false).json().build());

  @TempDir static Path folder;
  private static Path checkpoint;

  @BeforeAll
  static void write() {
    checkpoint = DraftingCheckpoint.predictable(folder.resolve("predictable"));
  }

  @Test
  void repliesOfSparseAttentionAreThoseWithoutSpeculation() {
    for (String policy : List.of("columns:6,shared,sinks=1", "pages:9,measure=2", "top-k:5")) {
      Attention alone = Attention.parse(policy);
      Attention drafting = Attention.parse(policy + ",speculative");
      try (LongCat with = builder(true).attention(drafting).build();
          LongCat without = builder(true).attention(alone).build()) {
        Reply fast = with.generate(QUESTION, GREEDY);
        Reply plain = without.generate(QUESTION, GREEDY);
        assertThat(fast.textIds()).as(policy).isEqualTo(plain.textIds());
        assertThat(plain.statistics().draftedTokens()).isZero();
        assertThat(fast.statistics().draftedTokens()).isPositive();
        assertThat(turns(with)).as(policy).isEqualTo(turns(without));
        assertThat(fast.statistics().attention())
            .extracting(AttentionFigures::block)
            .isEqualTo(
                plain.statistics().attention().stream().map(AttentionFigures::block).toList());
        assertThat(with.describe()).contains("speculative decoding");
      }
    }
  }

  private static LongCat.Builder builder(boolean speculative) {
    return LongCat.builder()
        .model(checkpoint)
        .scheduling(Scheduling.builder().cacheBytes(4_000_000).speculative(speculative).build());
  }

  @Test
  void repliesAreThoseWithoutSpeculation() {
    try (LongCat with = builder(true).build();
        LongCat without = builder(false).build()) {
      int accepted = 0;
      for (Generation generation : OPTIONS) {
        Reply fast = with.generate(QUESTION, generation);
        Reply plain = without.generate(QUESTION, generation);
        assertThat(fast.textIds()).isEqualTo(plain.textIds());
        assertThat(fast.text()).isEqualTo(plain.text());
        assertThat(fast.logprobs()).isEqualTo(plain.logprobs());
        assertThat(plain.statistics().draftedTokens()).isZero();
        assertThat(fast.statistics().draftedTokens()).isPositive();
        accepted += fast.statistics().acceptedTokens();
      }
      assertThat(accepted).isPositive();
      assertThat(with.describe()).contains("speculative decoding");
      assertThat(without.describe()).doesNotContain("speculative decoding");
    }
  }

  @Test
  void turnsAndForksOfAConversationAreThoseWithoutSpeculation() {
    try (LongCat with = builder(true).build();
        LongCat without = builder(false).build()) {
      assertThat(turns(with)).isEqualTo(turns(without));
    }
  }

  private static List<List<Integer>> turns(LongCat longcat) {
    try (Conversation talk = longcat.conversation()) {
      Reply first = talk.send(GREEDY, Text.of("Hello"));
      try (Conversation fork = talk.fork()) {
        Reply second = talk.send(GREEDY, Text.of("And now?"));
        Reply other = fork.send(GREEDY, Text.of("Or rather this?"));
        assertThat(second.statistics().reusedTokens()).isPositive();
        return List.of(first.textIds(), second.textIds(), other.textIds());
      }
    }
  }

  @Test
  void thePlanCountsTheLayerWhereItIsOfUse() {
    Plan with = builder(true).plan();
    Plan without = builder(false).plan();
    Plan sparse = builder(true).attention(Attention.topK(8)).plan();
    assertThat(with.weightBytes()).isGreaterThan(without.weightBytes());
    assertThat(4 * with.cacheBytesPerPosition()).isEqualTo(5 * without.cacheBytesPerPosition());
    assertThat(sparse).isEqualTo(without);
  }
}
