package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Attention.Scorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
  @Test
  void everythingIsSeenUnlessAskedOtherwise() {
    assertThat(Attention.dense().isDense()).isTrue();
    assertThat(Attention.dense().positions()).isZero();
    assertThat(Attention.dense()).hasToString("dense").isEqualTo(Attention.parse("dense"));
  }

  @Test
  void aPolicyTellsWhatItWasBuiltOf() {
    Attention policy =
        Attention.approximate(2048, Scorer.PAGES).toBuilder()
            .sharedByHeads()
            .alwaysKeep(4, 64)
            .densePrefix(4096)
            .blocks(7, 0, 3, 7)
            .measureEvery(16)
            .speculative()
            .build();
    assertThat(policy)
        .hasToString(
            "pages:2048,shared,sinks=4,recent=64,dense-prefix=4096,blocks=0+3+7,measure=16,"
                + "speculative")
        .isEqualTo(policy.toBuilder().build())
        .hasSameHashCodeAs(policy.toBuilder().build())
        .isNotEqualTo(policy.toBuilder().measureEvery(0).build())
        .isNotEqualTo(policy.toBuilder().blocks().build());
    Attention plain = Attention.topK(4);
    assertThat(plain.toBuilder().speculative().build()).isNotEqualTo(plain);
    assertThat(policy.speculative()).isTrue();
    assertThat(policy.blocks()).containsExactly(0, 3, 7);
    assertThat(policy.scorer()).contains(Scorer.PAGES);
    assertThat(policy.sharedByHeads()).isTrue();
    assertThat(policy.measureEvery()).isEqualTo(16);
  }

  @Test
  void aWindowCountsItsSinks() {
    Attention window = Attention.sinkAndWindow(4, 1020);
    assertThat(window.isWindow()).isTrue();
    assertThat(window.positions()).isEqualTo(1024);
    assertThat(window.toBuilder().alwaysKeep(2, 10).build().positions()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dense",
        "top-k:8",
        "top-share:0.05:2048",
        "int8:2048",
        "pages:0.05:512",
        "int8:9,shared",
        "window:4:60",
        "window:0:1,dense-prefix=100,blocks=1",
        "top-k:100,sinks=10,recent=90",
        "top-k:100,recent=90,measure=1",
        "top-k:8,shared",
        "columns:9,measure=2,speculative",
        "columns:0.05:512,shared,recent=3",
      })
  void whatIsWrittenIsRead(String text) {
    assertThat(Attention.parse(text)).hasToString(text);
    assertThat(Attention.parse(text)).isEqualTo(Attention.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "top-k:0|'top-k' keeps 0 positions; pass at least 1",
        "top-share:0:5|'top-share' keeps a share of 0.0; pass more than 0 and at most 1",
        "top-share:1.5:5|'top-share' keeps a share of 1.5",
        "top-share:NaN:5|'top-share' keeps a share of NaN",
        "int8:-1|'approximate' keeps -1 positions",
        "window:4:4,shared|'window' is the same for all heads without being shared",
        "top-k:8,sinks=5,recent=4|'top-k' always keeps 5 + 4 positions of 8; keep more",
        "top-k:8,sinks=2147483647,recent=2147483647|always keeps 2147483647 + 2147483647",
        "window:4:0|'window' has a window of 0 positions",
        "window:-4:9|has a negative number",
        "window:2147483647:9|has more positions than there can be",
        "window:4:9,sinks=3|tells its sinks and its window twice",
        "top-k:8,dense-prefix=-1|has a negative number",
        "top-k:8,blocks=-1|is for block -1; blocks are counted from 0",
        "dense,measure=4|looks at all positions, so that there is nothing to refine",
        "dense,shared|looks at all positions",
        "dense,speculative|looks at all positions",
        "top-k|'top-k' is no attention; write dense, top-k:N,",
        "top-k:8:9|is no attention",
        "top-k:x|is no attention",
        "top-share:x:1|is no attention",
        "top-k:8,once|is no attention",
        "top-k:8,blocks=|is no attention",
        "top-k:8,colour=3|is no attention",
      })
  void whatDoesNotFitTogetherIsRefusedWithAReason(String text, String why) {
    assertThatThrownBy(() -> Attention.parse(text))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(why);
  }

  @Test
  void nothingAtAllIsNoAttention() {
    assertThatThrownBy(() -> Attention.parse("")).hasMessageContaining("'' is no attention");
  }
}
