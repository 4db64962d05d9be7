package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** Sampling against {@link ReferenceSampling}. */
@Tag("once")
class SamplerProperties {
  private static final int VOCABULARY = 24;

  private static float[] logits(long seed, int size) {
    Random random = new Random(seed);
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) random.nextGaussian() * 3;
    }
    return logits;
  }

  @Provide
  Arbitrary<Generation> generations() {
    Arbitrary<Integer> topK = Arbitraries.of(0, 0, 2, 3, 7, 24, 1000);
    Arbitrary<Double> topP = Arbitraries.of(1.0, 1.0, 0.999, 0.9, 0.5, 0.01);
    Arbitrary<Double> minP = Arbitraries.of(0.0, 0.0, 0.001, 0.05, 0.5, 1.0);
    Arbitrary<Double> temperature = Arbitraries.of(0.3, 1.0, 2.5);
    Arbitrary<Double> repetition = Arbitraries.of(1.0, 1.3);
    Arbitrary<Double> count = Arbitraries.of(-2.0, -0.5, 0.0, 0.0, 0.7, 2.0);
    Arbitrary<Map<Integer, Float>> bias =
        Arbitraries.maps(
                Arbitraries.integers().between(0, VOCABULARY - 1), Arbitraries.of(-100f, -1f, 4f))
            .ofMaxSize(4);
    return Combinators.combine(topK, topP, minP, temperature, repetition, count, count, bias)
        .as(
            (k, p, m, t, r, f, pr, b) ->
                Generation.builder()
                    .topK(k)
                    .topP(p)
                    .minP(m)
                    .temperature(t)
                    .repetitionPenalty(r)
                    .frequencyPenalty(f)
                    .presencePenalty(pr)
                    .logitBias(b)
                    .seed(1)
                    .build());
  }

  /** 4,000 draws: five standard deviations of a frequency are at most 0.04. */
  @Property(tries = 60)
  void idsAreDrawnAsOftenAsTheReferenceSays(
      @ForAll("generations") Generation generation,
      @ForAll long seed,
      @ForAll("histories") List<Integer> history) {
    float[] logits = logits(seed, VOCABULARY);
    Map<Integer, Double> expected = ReferenceSampling.distribution(logits, history, generation);
    Sampler sampler = new Sampler(generation);
    history.forEach(sampler::remember);
    int draws = 4000;
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < draws; i++) {
      counts.merge(sampler.sample(logits.clone()), 1, Integer::sum);
    }
    assertThat(expected.keySet()).containsAll(counts.keySet());
    expected.forEach(
        (id, probability) ->
            assertThat(counts.getOrDefault(id, 0) / (double) draws)
                .isCloseTo(probability, within(0.04)));
  }

  @Provide
  Arbitrary<List<Integer>> histories() {
    return Arbitraries.integers().between(0, VOCABULARY - 1).list().ofMaxSize(50);
  }

  @Property(tries = 200)
  void logProbabilitiesAreThoseOfTheModelWhateverTheOptions(
      @ForAll("generations") Generation generation, @ForAll long seed) {
    float[] logits = logits(seed, VOCABULARY);
    double[] plain = IntStream.range(0, VOCABULARY).mapToDouble(id -> logits[id]).toArray();
    Map<Integer, Double> probabilities =
        ReferenceSampling.softmax(IntStream.range(0, VOCABULARY).boxed().toList(), plain, 1);
    Sampler sampler = new Sampler(generation.toBuilder().topLogprobs(5).build());
    int id = sampler.sample(logits.clone());
    StepLogprobs step = sampler.logprobs().get(0);
    assertThat(step.chosen().id()).isEqualTo(id);
    assertThat(step.chosen().logprob()).isCloseTo(Math.log(probabilities.get(id)), within(1e-9));
    assertThat(step.top())
        .extracting(StepLogprobs.IdLogprob::id)
        .isEqualTo(
            IntStream.range(0, VOCABULARY)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .limit(5)
                .toList());
    step.top()
        .forEach(
            top ->
                assertThat(top.logprob())
                    .isCloseTo(Math.log(probabilities.get(top.id())), within(1e-9)));
  }

  @Property(tries = 300)
  void candidatesComeByFallingLogitThenRisingId(
      @ForAll("coarse") List<Float> values, @ForAll("coarse") List<Float> before) {
    Candidates candidates = new Candidates();
    candidates.fill(array(before));
    float[] logits = array(values);
    candidates.fill(logits);
    List<Integer> order = new ArrayList<>();
    while (candidates.size() > 0) {
      int next = candidates.peek();
      assertThat(candidates.poll()).isEqualTo(next);
      order.add(next);
    }
    assertThat(order)
        .isEqualTo(
            IntStream.range(0, logits.length)
                .boxed()
                .filter(id -> logits[id] != Float.NEGATIVE_INFINITY)
                .sorted((a, b) -> Double.compare(logits[b], logits[a]))
                .toList());
  }

  @Provide
  Arbitrary<List<Float>> coarse() {
    return Arbitraries.of(Float.NEGATIVE_INFINITY, -3f, -1e-9f, 0f, 0.5f, 7f).list().ofMaxSize(60);
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  @Property(tries = 500)
  void theExponentialIsExactToFourteenDigits(@ForAll("negatives") double x) {
    assertThat(Exponential.ofNegative(x)).isCloseTo(Math.exp(x), within(1e-14 * Math.exp(x)));
  }

  @Provide
  Arbitrary<Double> negatives() {
    return Arbitraries.doubles().between(-699, 0);
  }

  @Example
  void greedyCountsBiasAndCountPenaltiesButNotTheRepetitionPenalty() {
    float[] logits = {1f, 2f, 3f};
    Sampler biased = new Sampler(Generation.builder().logitBias(Map.of(0, 2.5f)).build());
    assertThat(biased.sample(logits.clone())).isZero();
    Sampler present = new Sampler(Generation.builder().presencePenalty(1.5).build());
    present.remember(2);
    assertThat(present.sample(logits.clone())).isEqualTo(1);
    Sampler repeated = new Sampler(Generation.builder().repetitionPenalty(9).build());
    repeated.remember(2);
    assertThat(repeated.sample(logits.clone())).isEqualTo(2);
  }

  @Example
  void aBiasOutsideTheVocabularyIsRefusedByName() {
    Generation generation = Generation.builder().logitBias(Map.of(3, 1f)).build();
    Sampler.check(generation, 4);
    assertThatThrownBy(() -> Sampler.check(generation, 3))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("id 3")
        .hasMessageContaining("0 to 2");
  }

  @Example
  void theConstraintIsAskedFirstAndToldWhatWasChosen() {
    List<Integer> accepted = new ArrayList<>();
    TokenConstraint even =
        new TokenConstraint() {
          @Override
          public void mask(float[] logits) {
            for (int id = 1; id < logits.length; id += 2) {
              logits[id] = Float.NEGATIVE_INFINITY;
            }
          }

          @Override
          public void accept(int id) {
            accepted.add(id);
          }
        };
    Generation generation =
        Generation.builder().topK(0).seed(5).logitBias(Map.of(1, 100f)).topLogprobs(0).build();
    Sampler sampler = new Sampler(generation, even);
    for (int i = 0; i < 50; i++) {
      sampler.sample(new float[] {0, 9, 0, 9});
    }
    assertThat(accepted).hasSize(50).containsOnly(0, 2);
    assertThat(sampler.logprobs()).hasSize(50);
    assertThat(sampler.logprobs().get(0).top()).isEmpty();
  }

  @Provide
  Arbitrary<Integer> limits() {
    return Arbitraries.of(0, 50);
  }

  /** What a thread allocates does not depend on how fast it runs. */
  @Property
  void noMemoryIsTakenInSteadyState(@ForAll("limits") int topK) {
    Generation generation =
        Generation.builder()
            .topK(topK)
            .topP(0.9)
            .minP(0.01)
            .repetitionPenalty(1.1)
            .frequencyPenalty(0.5)
            .logitBias(Map.of(3, 1f))
            .seed(1)
            .build();
    Sampler sampler = new Sampler(generation);
    float[] given = logits(3, 4096);
    float[] logits = new float[given.length];
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int step = 0; step < 1500; step++) {
      if (step == 500) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      System.arraycopy(given, 0, logits, 0, given.length);
      sampler.remember(sampler.sample(logits));
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 * 1024);
  }
}
