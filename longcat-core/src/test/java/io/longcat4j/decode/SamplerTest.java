package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.Generation;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static float[] randomLogits(long seed, int size) {
    Random random = new Random(seed);
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) random.nextGaussian() * 3;
    }
    return logits;
  }

  @Test
  void greedyTakesTheLargestAndTheLowerIdOfEquals() {
    Sampler sampler = new Sampler(Generation.text());
    assertThat(sampler.sample(new float[] {1, 3, 3, 2})).isEqualTo(1);
    assertThat(sampler.sample(new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}))
        .isZero();
  }

  @Property(tries = 200)
  void greedyIsTheFirstOfTheLargest(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int size) {
    float[] logits = randomLogits(seed, size);
    for (int id = 0; id < size; id++) {
      logits[id] = Math.round(logits[id]);
    }
    int first =
        IntStream.range(0, size)
            .filter(id -> IntStream.range(0, size).noneMatch(o -> logits[o] > logits[id]))
            .findFirst()
            .orElseThrow();
    assertThat(new Sampler(Generation.text()).sample(logits)).isEqualTo(first);
  }

  @Property(tries = 100)
  void notANumberIsAnErrorWhereverItStands(@ForAll @IntRange(min = 0, max = 9) int id) {
    float[] logits = randomLogits(id, 10);
    logits[0] = Float.POSITIVE_INFINITY;
    logits[id] = Float.NaN;
    assertThatThrownBy(() -> new Sampler(Generation.text()).sample(logits))
        .hasMessageContaining("NaN for id " + id);
  }

  @Test
  void notANumberIsAnError() {
    Sampler sampler = new Sampler(Generation.text());
    assertThatThrownBy(() -> sampler.sample(new float[] {0, Float.NaN}))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("NaN for id 1")
        .hasMessageContaining("longcat verify");
  }

  @Property(tries = 200)
  void theSameSeedGivesTheSameIds(@ForAll long seed, @ForAll long logitsSeed) {
    Generation generation = Generation.builder().topK(0).topP(0.9).seed(seed).build();
    Sampler one = new Sampler(generation);
    Sampler other = new Sampler(generation);
    for (int i = 0; i < 5; i++) {
      assertThat(one.sample(randomLogits(logitsSeed + i, 50)))
          .isEqualTo(other.sample(randomLogits(logitsSeed + i, 50)));
    }
  }

  @Property(tries = 200)
  void onlyTheTopKAreEverDrawn(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 10) int topK, @ForAll long logitsSeed) {
    float[] logits = randomLogits(logitsSeed, 40);
    Set<Integer> allowed =
        new HashSet<>(
            IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .limit(topK)
                .toList());
    Sampler sampler = new Sampler(Generation.builder().topK(topK).seed(seed).build());
    for (int i = 0; i < 20; i++) {
      assertThat(allowed).contains(sampler.sample(logits.clone()));
    }
  }

  @Property(tries = 100)
  void theNucleusIsTheSmallestSetThatHoldsTheMass(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.05, max = 1.0) double topP) {
    double[] probabilities = {0.5, 0.25, 0.15, 0.07, 0.03};
    float[] logits = new float[5];
    for (int i = 0; i < 5; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    int size = 0;
    double mass = 0;
    while (size < 5 && (size == 0 || mass < topP - 1e-6)) {
      mass += probabilities[size++];
    }
    Sampler sampler = new Sampler(Generation.builder().topK(0).topP(topP).seed(seed).build());
    for (int i = 0; i < 30; i++) {
      assertThat(sampler.sample(logits.clone())).isLessThan(size);
    }
  }

  @Test
  void frequenciesFollowTheSoftmaxAtTheGivenTemperature() {
    Sampler sampler = new Sampler(Generation.builder().topK(0).temperature(2).seed(7).build());
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      counts[sampler.sample(new float[] {0, 2, 4})]++;
    }
    double total = 1 + Math.E + Math.E * Math.E;
    assertThat(counts[0] / 30_000.0).isBetween(0.9 / total, 1.1 / total);
    assertThat(counts[2] / 30_000.0)
        .isBetween(0.97 * Math.E * Math.E / total, 1.03 * Math.E * Math.E / total);
  }

  @Test
  void thePenaltyGrowsWithTheCountAndForgetsAfterThirtySteps() {
    RepetitionPenalty penalty = new RepetitionPenalty(1.1);
    penalty.remember(0);
    penalty.remember(0);
    penalty.remember(1);
    penalty.remember(-1);
    float[] logits = {2f, -2f, 2f};
    penalty.apply(logits);
    assertThat(logits[0]).isEqualTo(2f / (float) Math.pow(1.1, 2));
    assertThat(logits[1]).isEqualTo(-2f * 1.1f);
    assertThat(logits[2]).isEqualTo(2f);
    for (int i = 0; i < RepetitionPenalty.WINDOW; i++) {
      penalty.remember(-1);
    }
    float[] fresh = {2f, -2f, 2f};
    penalty.apply(fresh);
    assertThat(fresh).containsExactly(2f, -2f, 2f);
  }
}
