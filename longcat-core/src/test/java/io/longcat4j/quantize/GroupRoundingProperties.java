package io.longcat4j.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class GroupRoundingProperties {
  private static float[] group(long seed, int size, int exponent) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      weights[i] = (float) Math.scalb(random.nextDouble(-1, 1), exponent - random.nextInt(4));
    }
    return weights;
  }

  @Property
  void a_weight_that_is_not_cut_is_within_half_a_scale(
      @ForAll Precision precision,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 130) int size,
      @ForAll @IntRange(min = -100, max = 120) int exponent) {
    float[] weights = group(seed, size, exponent);
    GroupRounding rounding = new GroupRounding(precision);
    float scale = GroupRounding.widen(rounding.scaleOf(weights, 0, size));
    for (float weight : weights) {
      int code = rounding.codeOf(weight, scale);
      assertThat(code).isBetween(precision.lowest(), precision.highest());
      double exact = (double) weight / scale;
      if (exact >= precision.lowest() && exact <= precision.highest()) {
        assertThat(Math.abs(weight - (double) code * scale))
            .isLessThanOrEqualTo(Math.abs(scale) * (0.5 + 1e-9));
      } else {
        assertThat(code).isEqualTo(exact < 0 ? precision.lowest() : precision.highest());
      }
    }
  }

  @Property
  void the_error_of_a_group_is_at_most_that_of_a_scale_which_cuts_nothing(
      @ForAll Precision precision,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 64) int size) {
    float[] weights = group(seed, size, 0);
    GroupRounding rounding = new GroupRounding(precision);
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    float scale = GroupRounding.widen(rounding.scaleOf(weights, 0, size));
    // Rounding a scale up to BF16 costs at most 1/128 of it.
    double plain = largest / precision.highest() * (1 + 1.0 / 128);
    double bound = size * plain * plain / 4;
    assertThat(noise(rounding, weights, scale)).isLessThanOrEqualTo(bound);
  }

  @Property
  void the_scale_depends_on_nothing_but_the_group(
      @ForAll Precision precision,
      @ForAll @Size(min = 1, max = 40) float[] weights,
      @ForAll @IntRange(max = 9) int before) {
    float[] row = new float[before + weights.length + 3];
    Arrays.fill(row, 7e30f);
    System.arraycopy(weights, 0, row, before, weights.length);
    assertThat(new GroupRounding(precision).scaleOf(row, before, before + weights.length))
        .isEqualTo(new GroupRounding(precision).scaleOf(weights, 0, weights.length));
  }

  private static double noise(GroupRounding rounding, float[] weights, float scale) {
    double sum = 0;
    for (float weight : weights) {
      double error = weight - (double) rounding.codeOf(weight, scale) * scale;
      sum += error * error;
    }
    return sum;
  }
}
