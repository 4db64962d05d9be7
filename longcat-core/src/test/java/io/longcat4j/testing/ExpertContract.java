package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Routers and experts. */
public interface ExpertContract extends BackendUnderTest {
  /** The weights of an expert. */
  record TestExpert(TestWeight gate, TestWeight up, TestWeight down) {
    static TestExpert random(DType dtype, int hidden, int width, SplittableRandom random) {
      return new TestExpert(
          TestWeight.random(dtype, width, hidden, random),
          TestWeight.random(dtype, width, hidden, random),
          TestWeight.random(dtype, hidden, width, random));
    }

    static List<TestExpert> some(
        int count, DType dtype, int hidden, int width, SplittableRandom random) {
      List<TestExpert> experts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        experts.add(random(dtype, hidden, width, random));
      }
      return experts;
    }

    static ExpertGroup load(List<TestExpert> experts, ComputeBench bench) {
      return bench
          .backend()
          .experts(
              experts.stream()
                  .map(e -> new Expert(bench.load(e.gate), bench.load(e.up), bench.load(e.down)))
                  .toList());
    }

    double[] apply(float[] x) {
      double[] inner = Expected.gated(gate.numbers(), up.numbers(), new float[][] {x})[0];
      return Arrays.stream(down.numbers()).mapToDouble(row -> Expected.dot(row, inner)).toArray();
    }
  }

  @Test
  default void a_router_picks_the_best_and_weighs_them() {
    SplittableRandom random = new SplittableRandom(30);
    try (ComputeBench bench = bench(2)) {
      for (int experts : new int[] {1, 2, 5, 15, 17, 64, 72, 131}) {
        for (boolean normalise : new boolean[] {false, true}) {
          int topK = Math.min(experts, 6);
          RouterRule rule = new RouterRule(topK, 6, normalise);
          DType dtype = LinearContract.FORMATS.get(experts % LinearContract.FORMATS.size());
          TestWeight classifier = TestWeight.random(dtype, experts, 43, random);
          TestWeight bias =
              experts % 2 == 0 ? null : TestWeight.random(DType.F32, 1, experts, random);
          TestWeight correction =
              experts == 5 ? null : TestWeight.random(DType.F32, 1, experts, random);
          float[][] x = random(7, 43, random);
          Routing routing = bench.backend().allocateRouting(9, topK);
          bench.stream()
              .route(
                  bench.window(x).tensor(),
                  bench.load(classifier),
                  bench.load(bias),
                  bench.load(correction),
                  rule,
                  routing);
          double[][] logits =
              Expected.linear(classifier.numbers(), bias == null ? null : bias.numbers()[0], x);
          for (int row = 0; row < 7; row++) {
            double[] scores = Expected.softmax(logits[row]);
            float[] corrections = correction == null ? null : correction.numbers()[0];
            int[] ids = Expected.picks(scores, corrections, topK);
            double[] weights = Expected.pickWeights(scores, ids, rule);
            assertThat(Arrays.copyOfRange(routing.ids(7), row * topK, (row + 1) * topK))
                .isEqualTo(ids);
            for (int i = 0; i < topK; i++) {
              assertThat((double) routing.weights(7)[row * topK + i])
                  .isCloseTo(weights[i], within(1e-5));
            }
          }
        }
      }
    }
  }

  @Test
  default void of_equal_scores_the_lower_ids_are_picked() {
    try (ComputeBench bench = bench(1)) {
      float[][] classifier = {{0}, {1}, {0}, {1}, {1}, {-1}};
      Routing routing = bench.backend().allocateRouting(1, 4);
      bench.stream()
          .route(
              bench.tensor(new float[][] {{2}}),
              bench.load(TestWeight.of(classifier)),
              null,
              null,
              new RouterRule(4, 1, true),
              routing);
      assertThat(routing.ids(1)).containsExactly(1, 3, 4, 0);
    }
  }

  @Test
  default void real_picks_of_a_token_are_counted_over_all_layers() {
    int layers = 35;
    int tokens = 3;
    SplittableRandom random = new SplittableRandom(8);
    try (ComputeBench bench = bench(2);
        Integers counts = bench.backend().allocateIntegers(3 * tokens)) {
      Routing routing = bench.backend().allocateRouting(layers * tokens + 2, 4);
      var classifier = bench.load(TestWeight.random(DType.F32, 9, 6, random));
      for (int layer = 0; layer < layers; layer++) {
        Tensor x = bench.tensor(random(tokens, 6, random));
        Routing own = routing.rows(layer * tokens, tokens);
        bench.stream().route(x, classifier, null, null, new RouterRule(4, 1, false), own);
      }
      bench.stream().countPicks(routing, layers, tokens, 5, counts);
      int[] ids = routing.ids(layers * tokens);
      for (int token = 0; token < tokens; token++) {
        int[] real = new int[layers];
        for (int layer = 0; layer < layers; layer++) {
          int first = (layer * tokens + token) * 4;
          real[layer] = (int) Arrays.stream(ids, first, first + 4).filter(id -> id < 5).count();
        }
        assertThat(counts.get(3 * token)).isEqualTo(Arrays.stream(real).sum());
        assertThat(counts.get(3 * token + 1)).isEqualTo(Arrays.stream(real).min().orElseThrow());
        assertThat(counts.get(3 * token + 2)).isEqualTo(Arrays.stream(real).max().orElseThrow());
      }
    }
  }

  @Test
  default void the_correction_changes_the_choice_but_not_the_weights() {
    try (ComputeBench bench = bench(1)) {
      Routing routing = bench.backend().allocateRouting(1, 2);
      bench.stream()
          .route(
              bench.tensor(new float[][] {{1}}),
              bench.load(TestWeight.of(new float[] {2}, new float[] {1}, new float[] {0})),
              null,
              bench.load(TestWeight.vector(0, 0, 1)),
              new RouterRule(2, 3, false),
              routing);
      double sum = Math.exp(2) + Math.exp(1) + 1;
      assertThat(routing.ids(1)).containsExactly(2, 0);
      assertThat(routing.weights(1)[0]).isCloseTo((float) (3 / sum), within(1e-6f));
      assertThat(routing.weights(1)[1]).isCloseTo((float) (3 * Math.exp(2) / sum), within(1e-6f));
    }
  }

  @Test
  default void very_large_logits_give_finite_weights() {
    try (ComputeBench bench = bench(1)) {
      Routing routing = bench.backend().allocateRouting(1, 2);
      bench.stream()
          .route(
              bench.tensor(new float[][] {{1e4f}}),
              bench.load(TestWeight.of(new float[] {-1}, new float[] {9}, new float[] {5})),
              null,
              null,
              new RouterRule(2, 6, false),
              routing);
      assertThat(routing.ids(1)).containsExactly(1, 0);
      assertThat(routing.weights(1)).containsExactly(6, 0);
    }
  }

  @Test
  default void experts_and_zero_experts_are_added_by_weight() {
    SplittableRandom random = new SplittableRandom(31);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : LinearContract.FORMATS) {
        checkMixture(bench, dtype, 6, 3, 9, random);
        checkMixture(bench, dtype, 6, 3, 1, random);
        checkMixture(bench, dtype, 2, 5, 23, random);
        checkMixture(bench, dtype, 12, 1, 40, random);
      }
    }
  }

  private static void checkMixture(
      ComputeBench bench, DType dtype, int real, int zero, int rows, SplittableRandom random) {
    int hidden = 37;
    int topK = 3;
    List<TestExpert> experts = TestExpert.some(real, dtype, hidden, 21, random);
    float[][] x = random(rows, hidden, random);
    float[][] start = random(rows, hidden, random);
    Routing routing = route(bench, x, real + zero, topK, random);
    var input = bench.window(x);
    var into = bench.window(start);
    ExpertGroup first = TestExpert.load(experts.subList(0, real / 2), bench);
    ExpertGroup second = TestExpert.load(experts.subList(real / 2, real), bench);
    bench.stream().addExperts(routing, first, 0, input.tensor(), into.tensor());
    bench.stream().addExperts(routing, second, real / 2, input.tensor(), into.tensor());
    bench.stream().addZeroExperts(routing, real, input.tensor(), into.tensor());
    double[][] expected = new double[rows][];
    for (int row = 0; row < rows; row++) {
      expected[row] = Expected.wide(start[row]);
      for (int pick = row * topK; pick < (row + 1) * topK; pick++) {
        int id = routing.ids(rows)[pick];
        double weight = routing.weights(rows)[pick];
        double[] out = id < real ? experts.get(id).apply(x[row]) : Expected.wide(x[row]);
        for (int i = 0; i < hidden; i++) {
          expected[row][i] += weight * out[i];
        }
      }
    }
    assertClose("mixture " + dtype + " " + rows, into.read(), expected, 4 * hidden);
    for (int firstZero : new int[] {real, Stream.NO_ZERO_EXPERTS}) {
      var apart = bench.window(new float[rows][hidden]);
      bench.stream().addZeroExperts(routing, firstZero, input.tensor(), apart.tensor());
      bench.stream().addExperts(routing, second, real / 2, input.tensor(), apart.tensor());
      var mixed = bench.window(start);
      bench.stream()
          .mixExperts(routing, second, real / 2, firstZero, input.tensor(), mixed.tensor());
      assertSameBits("mixed " + dtype + " " + rows, mixed.read(), apart.read());
    }
    var nobody = bench.window(start);
    ExpertGroup none = bench.backend().experts(List.of());
    bench.stream().mixExperts(routing, none, 0, real, input.tensor(), nobody.tensor());
    var zeros = bench.window(new float[rows][hidden]);
    bench.stream().addZeroExperts(routing, real, input.tensor(), zeros.tensor());
    assertSameBits("zero experts alone", nobody.read(), zeros.read());
  }

  private static Routing route(
      ComputeBench bench, float[][] x, int ids, int topK, SplittableRandom random) {
    Routing routing = bench.backend().allocateRouting(x.length, topK);
    Weight classifier = bench.load(TestWeight.random(DType.F32, ids, x[0].length, random));
    RouterRule rule = new RouterRule(topK, 6, false);
    bench.stream().route(bench.tensor(x), classifier, null, null, rule, routing);
    return routing;
  }

  @Test
  default void tokens_whose_picks_are_all_zero_experts_touch_no_expert() {
    SplittableRandom random = new SplittableRandom(32);
    try (ComputeBench bench = bench(2)) {
      float[][] x = random(3, 8, random);
      // The bias makes ids 2 and 3 win everywhere; experts 0 and 1 would give NaN.
      TestWeight classifier = TestWeight.random(DType.F32, 4, 8, random);
      Routing routing = bench.backend().allocateRouting(3, 2);
      bench.stream()
          .route(
              bench.tensor(x),
              bench.load(classifier),
              bench.load(TestWeight.vector(-90, -90, 0, 0)),
              null,
              new RouterRule(2, 5, true),
              routing);
      float[][] poison = new float[8][8];
      for (float[] row : poison) {
        Arrays.fill(row, Float.NaN);
      }
      TestWeight nan = TestWeight.of(poison);
      TestExpert expert = new TestExpert(nan, nan, nan);
      Tensor input = bench.tensor(x);
      Tensor into = bench.backend().allocate(3, 8);
      ExpertGroup group = TestExpert.load(List.of(expert, expert), bench);
      bench.stream().addExperts(routing, group, 0, input, into);
      assertThat(bench.read(into)).isDeepEqualTo(new float[3][8]);
      bench.stream().addZeroExperts(routing, 2, input, into);
      double[][] expected = new double[3][8];
      for (int row = 0; row < 3; row++) {
        for (int i = 0; i < 8; i++) {
          expected[row][i] = 5.0 * x[row][i];
        }
      }
      assertClose("zero experts", bench.read(into), expected, 8);
    }
  }

  @Test
  default void tokens_without_zero_experts_get_nothing_from_them() {
    SplittableRandom random = new SplittableRandom(33);
    try (ComputeBench bench = bench(1)) {
      float[][] x = random(4, 8, random);
      Routing routing = route(bench, x, 6, 3, random);
      Tensor into = bench.backend().allocate(4, 8);
      bench.stream().addZeroExperts(routing, 6, bench.tensor(x), into);
      bench.stream()
          .addExperts(routing, bench.backend().experts(List.of()), 0, bench.tensor(x), into);
      assertThat(bench.read(into)).isDeepEqualTo(new float[4][8]);
    }
  }

  @Test
  default void mixtures_have_the_same_bits_for_any_threads_and_any_company() {
    for (DType dtype : LinearContract.FORMATS) {
      float[][] x = random(19, 53, new SplittableRandom(34));
      float[][] expected = mixture(dtype, x, 1);
      assertSameBits("2 threads", mixture(dtype, x, 2), expected);
      assertSameBits("5 threads", mixture(dtype, x, 5), expected);
      for (int row = 0; row < x.length; row++) {
        assertSameBits(
            "row alone", mixture(dtype, new float[][] {x[row]}, 2), new float[][] {expected[row]});
      }
    }
  }

  @Test
  default void experts_beside_other_operations_have_the_same_bits() {
    float[][] x = random(19, 53, new SplittableRandom(34));
    float[][] expected = mixture(DType.BF16, x, 1);
    for (int threads : isSlow() ? new int[] {1} : new int[] {1, 2, 3, 8}) {
      SplittableRandom random = new SplittableRandom(35);
      try (ComputeBench bench = bench(threads)) {
        List<TestExpert> experts = TestExpert.some(5, DType.BF16, 53, 29, random);
        Routing routing = route(bench, x, 7, 4, random);
        ExpertGroup group = TestExpert.load(experts, bench);
        Weight gate = bench.load(experts.get(0).gate);
        Tensor input = bench.tensor(x);
        Tensor into = bench.backend().allocate(19, 53);
        Tensor product = bench.backend().allocate(19, 29);
        bench.stream().linear(gate, null, input, product);
        float[][] alone = bench.read(product);
        Stream side = bench.backend().openStream();
        for (int i = 0; i < 50; i++) {
          side.await(bench.stream());
          side.zero(into);
          side.addExperts(routing, group, 0, input, into);
          for (int k = 0; k < i % 5; k++) {
            bench.stream().linear(gate, null, input, product);
          }
          bench.stream().await(side);
          bench.stream().addZeroExperts(routing, 5, input, into);
          assertSameBits("experts beside", bench.read(into), expected);
        }
        assertSameBits("linear beside experts", bench.read(product), alone);
      }
    }
  }

  @Test
  default void what_experts_work_with_may_be_freed_before_anybody_has_waited() {
    SplittableRandom random = new SplittableRandom(36);
    for (int i = 0; i < 20; i++) {
      try (ComputeBench bench = bench(3)) {
        float[][] x = random(40, 64, random);
        Routing routing = route(bench, x, 7, 4, random);
        ExpertGroup group = TestExpert.load(TestExpert.some(5, DType.BF16, 64, 96, random), bench);
        Tensor into = bench.backend().allocate(40, 64);
        bench.backend().openStream().addExperts(routing, group, 0, bench.tensor(x), into);
        if (i % 2 == 0) {
          into.close();
        }
      }
    }
  }

  private float[][] mixture(DType dtype, float[][] x, int threads) {
    SplittableRandom random = new SplittableRandom(35);
    try (ComputeBench bench = bench(threads)) {
      List<TestExpert> experts = TestExpert.some(5, dtype, x[0].length, 29, random);
      Routing routing = route(bench, x, 7, 4, random);
      Tensor input = bench.tensor(x);
      Tensor into = bench.backend().allocate(x.length, x[0].length);
      bench.stream().addExperts(routing, TestExpert.load(experts, bench), 0, input, into);
      bench.stream().addZeroExperts(routing, 5, input, into);
      return bench.read(into);
    }
  }
}
