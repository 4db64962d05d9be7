package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.BackendException;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

/** Logits, penalties and biases of any size: F32 overflows, the choice does not. */
@Tag("once")
class SamplerExtremesProperties {
  private static final int VOCABULARY = 12;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  /** Allows some ids, always the same. */
  private record Only(Set<Integer> ids) implements TokenConstraint {
    @Override
    public void mask(float[] logits) {
      for (int id = 0; id < logits.length; id++) {
        if (!ids.contains(id)) {
          logits[id] = Float.NEGATIVE_INFINITY;
        }
      }
    }

    @Override
    public void accept(int id) {
      assertThat(ids).contains(id);
    }
  }

  private static Generation.Builder choosing() {
    return Generation.builder().topK(0).topP(1e-9).seed(1);
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  @Provide
  Arbitrary<List<Float>> logits() {
    Arbitrary<Float> extremes =
        Arbitraries.of(
            -INFINITY, INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE, 3e38f, -3e38f, -1e30f, 0f, -0f);
    Arbitrary<Float> usual = Arbitraries.floats().between(-30, 30);
    return Arbitraries.oneOf(extremes, usual, usual).list().ofSize(VOCABULARY);
  }

  @Provide
  Arbitrary<Generation> generations() {
    Arbitrary<Double> repetition =
        Arbitraries.of(1.0, 1 + 1e-15, 1.3, 20.0, 1e10, 1e30, 1e300, Double.MAX_VALUE);
    Arbitrary<Double> counts = Arbitraries.of(0.0, -2.0, 2.0);
    Arbitrary<Map<Integer, Float>> bias =
        Arbitraries.maps(
                Arbitraries.integers().between(0, VOCABULARY - 1),
                Arbitraries.of(-Float.MAX_VALUE, Float.MAX_VALUE, -3.4e38f, -1f, 1e-40f))
            .ofMaxSize(VOCABULARY);
    Arbitrary<Integer> topK = Arbitraries.of(0, 1, 3);
    Arbitrary<Double> topP = Arbitraries.of(1e-9, 0.9, 1.0);
    Arbitrary<Double> minP = Arbitraries.of(0.0, 0.1, 1.0);
    Arbitrary<Double> temperature = Arbitraries.of(1.0, 1e-300, 1e300);
    return Combinators.combine(repetition, counts, bias, topK, topP, minP, temperature)
        .as(
            (r, c, b, k, p, m, t) ->
                Generation.builder()
                    .topK(k)
                    .topP(p)
                    .minP(m)
                    .temperature(t)
                    .repetitionPenalty(r)
                    .frequencyPenalty(c)
                    .presencePenalty(-c)
                    .logitBias(b)
                    .topLogprobs(3)
                    .seed(5)
                    .build());
  }

  @Provide
  Arbitrary<List<Integer>> histories() {
    return Arbitraries.integers().between(-1, VOCABULARY - 1).list().ofMaxSize(40);
  }

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void whatIsChosenIsAllowedAndNoLogProbabilityIsNaN(
      @ForAll("logits") List<Float> logits,
      @ForAll("generations") Generation generation,
      @ForAll("histories") List<Integer> history,
      @ForAll @Size(min = 1, max = 4)
          Set<@net.jqwik.api.constraints.IntRange(max = 11) Integer> ids,
      @ForAll boolean constrained) {
    TokenConstraint constraint = constrained ? new Only(ids) : TokenConstraint.NONE;
    Sampler sampler = new Sampler(generation, constraint);
    history.forEach(sampler::remember);

    int id = sampler.sample(array(logits));

    assertThat(id).isBetween(0, VOCABULARY - 1);
    StepLogprobs step = sampler.logprobs().get(0);
    List<StepLogprobs.IdLogprob> told = new ArrayList<>(step.top());
    told.add(step.chosen());
    assertThat(told).allSatisfy(each -> assertThat(each.logprob()).isNotNaN().isLessThan(1e-9));
  }

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void theBestIdIsThatOfDoublePrecision(
      @ForAll("logits") List<Float> logits,
      @ForAll("generations") Generation generation,
      @ForAll("histories") List<Integer> history,
      @ForAll @Size(min = 2, max = 12)
          Set<@net.jqwik.api.constraints.IntRange(max = 11) Integer> ids) {
    Generation best = generation.toBuilder().temperature(1).topK(0).topP(1e-9).minP(0).build();
    Map<Integer, Double> exact = new TreeMap<>();
    for (int id : ids) {
      exact.put(id, ReferenceSampling.changed(array(logits), id, history, best));
    }
    Sampler sampler = new Sampler(best, new Only(ids));
    history.forEach(sampler::remember);

    int id = sampler.sample(array(logits));

    if (exact.values().stream().allMatch(Double::isFinite)) {
      double highest = exact.values().stream().mapToDouble(each -> each).max().orElseThrow();
      assertThat(exact.get(id))
          .as("%s of %s", id, exact)
          .isCloseTo(highest, within(1e-30 + 1e-5 * Math.abs(highest)));
    }
  }

  @Property(tries = 500)
  void ordinaryStepsAreTheSameBitsAsWithoutTheWayForExtremes(
      @ForAll("histories") List<Integer> history, @ForAll long seed) {
    Generation generation =
        Generation.builder()
            .topK(0)
            .seed(seed)
            .repetitionPenalty(1.3)
            .frequencyPenalty(0.5)
            .logitBias(Map.of(3, 2f))
            .build();
    Sampler sampler = new Sampler(generation);
    LogitBias bias = new LogitBias(generation.logitBias());
    RepetitionPenalty repetition = new RepetitionPenalty(1.3);
    CountPenalty counts = new CountPenalty(0, 0.5);
    history.forEach(sampler::remember);
    history.forEach(repetition::remember);
    history.forEach(counts::remember);
    java.util.Random random = new java.util.Random(seed);
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = (float) random.nextGaussian() * 5;
    }
    float[] expected = logits.clone();
    bias.apply(expected);
    repetition.apply(expected);
    counts.apply(expected);

    sampler.sample(logits);

    assertThat(logits).containsExactly(expected);
  }

  @Example
  void aConstantOfManyLettersSurvivesAnyRepetitionPenalty() {
    for (double penalty : new double[] {20, 1e30, Double.MAX_VALUE}) {
      Sampler sampler =
          new Sampler(choosing().repetitionPenalty(penalty).build(), new Only(Set.of(7)));
      for (int step = 0; step < 60; step++) {
        float[] logits = new float[VOCABULARY];
        java.util.Arrays.fill(logits, -3);
        int id = sampler.sample(logits);
        assertThat(id).isEqualTo(7);
        sampler.remember(id);
      }
    }
  }

  @Example
  void aBiasOnAllIdsChangesNothingEvenWhereEachSumOverflows() {
    Map<Integer, Float> bias = new TreeMap<>();
    for (int id = 0; id < VOCABULARY; id++) {
      bias.put(id, -3.4e38f);
    }
    float[] logits = new float[VOCABULARY];
    java.util.Arrays.fill(logits, -2e37f);
    logits[9] = -1e37f;
    Generation generation = choosing().logitBias(bias).build();

    assertThat(new Sampler(generation).sample(logits.clone())).isEqualTo(9);
    assertThat(new Sampler(generation, new Only(Set.of(4, 5))).sample(logits.clone())).isEqualTo(4);
  }

  @Example
  void amongPenaltiesThatOverflowTheLeastPenalisedIdWins() {
    Sampler sampler =
        new Sampler(choosing().repetitionPenalty(1e30).build(), new Only(Set.of(3, 5)));
    List.of(3, 3, 3, 5, 5).forEach(sampler::remember);
    float[] logits = new float[VOCABULARY];
    java.util.Arrays.fill(logits, -3);

    assertThat(sampler.sample(logits)).isEqualTo(5);
  }

  @Example
  void idsOfEqualRankAreDrawnEquallyOftenAfterAnOverflow() {
    Sampler sampler =
        new Sampler(
            Generation.builder().topK(0).repetitionPenalty(1e30).seed(3).build(),
            new Only(Set.of(3, 5)));
    List.of(3, 3, 5, 5).forEach(sampler::remember);
    Map<Integer, Integer> drawn = new TreeMap<>();
    for (int i = 0; i < 2000; i++) {
      float[] logits = new float[VOCABULARY];
      java.util.Arrays.fill(logits, -3);
      drawn.merge(sampler.sample(logits), 1, Integer::sum);
    }

    assertThat(drawn).containsOnlyKeys(3, 5);
    assertThat(drawn.get(3)).isBetween(900, 1100);
  }

  @Example
  void logitsOfPlusInfinityShareTheWholeProbability() {
    Sampler sampler = new Sampler(Generation.builder().topLogprobs(3).build());

    assertThat(sampler.sample(new float[] {1, INFINITY, -2, INFINITY})).isEqualTo(1);

    StepLogprobs step = sampler.logprobs().get(0);
    assertThat(step.chosen().logprob()).isCloseTo(-Math.log(2), within(1e-12));
    assertThat(step.top())
        .extracting(StepLogprobs.IdLogprob::logprob)
        .containsExactly(-StrictMath.log(2), -StrictMath.log(2), Double.NEGATIVE_INFINITY);
  }

  @Example
  void logitsOfMinusInfinityAloneAreEquallyProbable() {
    Sampler sampler = new Sampler(Generation.builder().topLogprobs(2).build());

    assertThat(sampler.sample(new float[] {-INFINITY, -INFINITY})).isZero();
    assertThat(sampler.logprobs().get(0).chosen().logprob()).isCloseTo(-Math.log(2), within(1e-12));
  }

  @Example
  void aConstraintThatAllowsNothingIsAnError() {
    Sampler stuck = new Sampler(Generation.text(), new Only(Set.of()));

    assertThatThrownBy(() -> stuck.sample(new float[VOCABULARY]))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("rules out each of the 12 ids");
  }

  @Example
  void notANumberIsAnErrorUnderAConstraintToo() {
    Sampler sampler = new Sampler(Generation.text(), new Only(Set.of(1)));

    assertThatThrownBy(() -> sampler.sample(new float[] {Float.NaN, 0}))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("NaN for id 0");
  }

  /** The tail of a distribution has no mass: what rounding leaves over goes to no id of it. */
  @Example
  void whatHasNoProbabilityIsNeverDrawn() {
    Set<Integer> drawn = new TreeSet<>();
    Sampler sampler = new Sampler(Generation.builder().topK(4).seed(1).build());
    for (int i = 0; i < 1000; i++) {
      drawn.add(sampler.sample(new float[] {-Float.MAX_VALUE, 0, 0.5f, -Float.MAX_VALUE}));
    }
    assertThat(drawn).containsExactlyElementsOf(IntStream.of(1, 2).boxed().toList());
  }
}
