package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Attention;
import io.longcat4j.AttentionFigures;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Plan;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.testing.TestData;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionPolicyTest {
  private static final Prompt LONG =
      Prompt.user("One two three four five six seven eight nine ten eleven twelve thirteen.");
  private static final Generation SHORT = Generation.builder().maxNewTokens(9).build();

  private static LongCat.Builder builder(String attention) {
    return LongCat.builder().model(TestData.bf16()).attention(Attention.parse(attention));
  }

  private static Reply reply(String attention) {
    try (LongCat longcat = builder(attention).build()) {
      return longcat.generate(LONG, SHORT);
    }
  }

  @Test
  void whatKeepsEverythingReadsAsDenseAttention() {
    Reply dense = reply("dense");
    for (String attention :
        List.of(
            "top-share:1:1",
            "int8:5000,shared",
            "pages:5000",
            "columns:5000",
            "top-k:5000,shared",
            "top-k:1,dense-prefix=5000")) {
      assertThat(reply(attention).text()).as(attention).isEqualTo(dense.text());
    }
    assertThat(dense.statistics().attention()).isEmpty();
  }

  @Test
  void repliesOfApproximateAttentionAreTheSameAlways() {
    for (String attention :
        List.of("int8:4", "pages:4,shared,recent=2", "window:1:6,blocks=1", "columns:4")) {
      try (LongCat longcat = builder(attention).build()) {
        String first = longcat.generate(LONG, SHORT).text();
        Reply again = longcat.generate(LONG, SHORT);
        assertThat(again.text()).as(attention).isEqualTo(first);
        assertThat(again.statistics().reusedTokens()).isPositive();
        assertThat(longcat.describe()).contains("attention: " + attention + ": a generated token");
      }
    }
  }

  @Test
  void precisionIsToldWhereItIsMeasured() {
    List<AttentionFigures> exact = reply("top-k:4,measure=1").statistics().attention();
    assertThat(exact).isNotEmpty();
    for (AttentionFigures block : exact) {
      assertThat(block.precision()).isEqualTo(1);
      assertThat(block.leastPrecision()).isEqualTo(1);
      assertThat(block.mass()).isGreaterThan(0).isLessThan(1);
      assertThat(block.entropy()).isPositive();
      assertThat(block.distribution().get(9)).isEqualTo(block.samples());
    }
    List<AttentionFigures> window = reply("window:0:4,measure=4,blocks=1").statistics().attention();
    assertThat(window).extracting(AttentionFigures::block).containsExactly(1);
    assertThat(window.get(0).precision()).isLessThan(1);
    assertThat(window.get(0).leastPrecision()).isLessThanOrEqualTo(window.get(0).precision());
    assertThat(window.get(0).samples()).isLessThan(exact.get(1).samples());
    assertThat(window.get(0).distribution().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(window.get(0).samples());
  }

  @Test
  void theIndexCountsInThePlan() {
    Plan dense = builder("dense").plan();
    Plan pages = builder("pages:4").plan();
    Plan int8 = builder("int8:4").plan();
    Plan oneBlock = builder("int8:4,blocks=0").plan();
    assertThat(builder("top-k:4").plan().cacheBytesPerPosition())
        .isEqualTo(dense.cacheBytesPerPosition());
    assertThat(pages.cacheBytesPerPosition())
        .isGreaterThan(dense.cacheBytesPerPosition())
        .isLessThan(int8.cacheBytesPerPosition());
    assertThat(builder("columns:4").plan().cacheBytesPerPosition())
        .isEqualTo(int8.cacheBytesPerPosition());
    assertThat(oneBlock.cacheBytesPerPosition())
        .isGreaterThan(dense.cacheBytesPerPosition())
        .isLessThan(int8.cacheBytesPerPosition());
  }

  @Test
  void whatThisModelCannotDoIsRefusedWithAReason() {
    assertThatThrownBy(() -> builder("top-k:4,blocks=99").build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("is for block 99, but the model has");
    for (String together : List.of("pages:4,shared", "top-k:4,shared", "columns:4")) {
      assertThatThrownBy(() -> builder(together).parallel(Parallel.local(2)).build())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("the heads lie on 2 ranks");
    }
  }
}
