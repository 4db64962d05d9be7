package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RowKeysProperties {
  private static final int[] NO_AUDIO = {};

  @Property
  void generatedPositionsThatDifferHaveKeysThatDiffer(
      @ForAll @IntRange(min = -1, max = 131_071) int textId,
      @ForAll @IntRange(max = 3) int head,
      @ForAll @IntRange(min = 1, max = 8000) int by,
      @ForAll @IntRange(max = 2048) int topK) {
    AttentionPolicy policy = policy(topK);
    int[] audio = {40, 41, 42, SpeechStep.NONE};
    long key = RowKeys.ofGenerated(textId, audio, policy);
    assertThat(RowKeys.ofGenerated(textId, audio.clone(), policy)).isEqualTo(key);
    assertThat(key).as("meets no token").isNegative();
    audio[head] += by;
    assertThat(RowKeys.ofGenerated(textId, audio, policy)).isNotEqualTo(key);
    audio[head] -= by;
    assertThat(RowKeys.ofGenerated(textId + by, audio, policy)).isNotEqualTo(key);
    assertThat(RowKeys.ofGenerated(textId, audio, policy(topK + by))).isNotEqualTo(key);
  }

  private static AttentionPolicy policy(int topK) {
    return topK == 0 ? AttentionPolicy.dense() : AttentionPolicy.topK(topK);
  }

  @Example
  void aGeneratedTokenIsLikeOneOfAPromptUnlessItsHeadsSeeFewer() {
    assertThat(RowKeys.ofGenerated(7, NO_AUDIO, policy(0)))
        .isEqualTo(RowKeys.ofToken(7))
        .isEqualTo(7);
    assertThat(RowKeys.ofGenerated(7, NO_AUDIO, policy(8))).isNegative();
  }

  @Example
  void eachPartOfAPolicyIsInTheKey() {
    List<AttentionPolicy> policies =
        List.of(
            new AttentionPolicy.Sparse(8, 0, Choice.SCORES, false, 0, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0.1, Choice.SCORES, false, 0, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.INT8, false, 0, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.PAGES, false, 0, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.COLUMNS, false, 0, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.INT8, true, 0, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.SCORES, false, 1, 0, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.SCORES, false, 0, 1, 0, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.SCORES, false, 0, 0, 1, List.of()),
            new AttentionPolicy.Sparse(8, 0, Choice.SCORES, false, 0, 0, 0, List.of(0)),
            new AttentionPolicy.Sparse(8, 0, Choice.SCORES, false, 0, 0, 0, List.of(0, 1)));
    assertThat(policies.stream().map(policy -> RowKeys.ofGenerated(7, NO_AUDIO, policy)))
        .doesNotHaveDuplicates()
        .allMatch(key -> key < 0);
  }

  @Property
  void encoderRowsAreKnownByTheirNumbersAlone(
      @ForAll long seed,
      @ForAll @IntRange(max = 4) int row,
      @ForAll @IntRange(max = 5) int column) {
    float[] values = new float[5 * 6];
    Random random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    long[] keys = new long[7];
    RowKeys.ofEncoderRows(values, 0, 6, keys, 1, 5);
    long[] later = new long[3];
    RowKeys.ofEncoderRows(values, 2, 6, later, 0, 3);
    assertThat(later).containsExactly(keys[3], keys[4], keys[5]);
    values[row * 6 + column] = Math.nextUp(values[row * 6 + column]);
    long[] changed = new long[7];
    RowKeys.ofEncoderRows(values, 0, 6, changed, 1, 5);
    for (int i = 0; i < 5; i++) {
      assertThat(changed[i + 1] == keys[i + 1]).isEqualTo(i != row);
      assertThat(changed[i + 1]).isNegative();
    }
    assertThat(changed[0]).isZero();
    assertThat(changed[6]).isZero();
  }
}
