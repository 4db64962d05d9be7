package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The last tokens of a full context: of 1,024 positions, at night of 32,768. */
@Tag("once")
class FullContextTest {
  private static final int POSITIONS = Length.of(1024, 32_768);
  private static final int LAST = 8;
  private static final Generation ALL_THAT_FIT =
      Generation.builder().maxNewTokens(LAST).ignoreEos(true).build();

  @Test
  void tokens_are_generated_up_to_the_last_position_densely_and_with_few_positions() {
    Reply dense = last(Attention.dense());
    assertThat(last(Attention.parse("top-k:" + POSITIONS)).textIds()).isEqualTo(dense.textIds());
    Reply few = last(Attention.parse("columns:64,shared,sinks=4,recent=16,measure=1"));
    assertThat(few.statistics().attention()).isNotEmpty();
    assertThat(few.statistics().attention())
        .allSatisfy(block -> assertThat(block.mass()).isGreaterThan(0).isLessThan(1));
  }

  private static Reply last(Attention attention) {
    try (LongCat longcat =
        RandomCheckpoint.builder().contextLength(POSITIONS).attention(attention).build()) {
      int around = tokens(longcat, 1) - 1;
      int words = POSITIONS - LAST - around;
      Reply reply = longcat.generate(Prompt.user("a".repeat(words)), ALL_THAT_FIT);
      assertThat(reply.statistics().promptTokens()).isEqualTo(POSITIONS - LAST);
      assertThat(reply.textIds()).hasSize(LAST);
      return reply;
    }
  }

  private static int tokens(LongCat longcat, int letters) {
    Generation one = Generation.builder().maxNewTokens(1).build();
    return longcat.generate(Prompt.user("a".repeat(letters)), one).statistics().promptTokens();
  }
}
