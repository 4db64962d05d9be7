package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ExpertContract.TestExpert;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Operations that do what several would, and give the same bits. */
public interface FusedContract extends BackendUnderTest {
  /** Rows that kernels take one by one, together, and in tiles. */
  int[] ROWS = {1, 4, 9};

  /** Sizes that tensor cores take, and odd ones. */
  private static List<TestWeight> weights(SplittableRandom random) {
    return List.of(
        TestWeight.random(DType.BF16, 40, 256, random),
        TestWeight.random(DType.F8_E4M3, 40, 384, random),
        TestWeight.random(DType.U8, 40, 128, random),
        TestWeight.random(DType.BF16, 21, 67, random));
  }

  @Test
  default void two_maps_at_once_have_the_bits_of_each() {
    SplittableRandom random = new SplittableRandom(80);
    try (ComputeBench bench = bench(2)) {
      for (TestWeight weight : weights(random)) {
        int columns = weight.numbers()[0].length;
        DType dtype = weight.tensor().values().dtype();
        Weight first = bench.load(weight);
        Weight bias = bench.load(TestWeight.vector(random(1, first.rows(), random)[0]));
        Weight second = bench.load(TestWeight.random(dtype, 19, columns, random));
        for (int rows : ROWS) {
          Tensor x = bench.window(random(rows, columns, random)).tensor();
          var one = bench.window(new float[rows][first.rows()]);
          var other = bench.window(new float[rows][19]);
          bench.stream().linear(first, bias, x, one.tensor());
          bench.stream().linear(second, null, x, other.tensor());
          var pairOne = bench.window(new float[rows][first.rows()]);
          var pairOther = bench.window(new float[rows][19]);
          bench.stream()
              .linearPair(first, bias, pairOne.tensor(), second, null, pairOther.tensor(), x);
          assertSameBits("first of " + weight.tensor(), pairOne.read(), one.read());
          assertSameBits("second of " + weight.tensor(), pairOther.read(), other.read());
        }
      }
    }
  }

  @Test
  default void a_map_of_normed_rows_has_the_bits_of_norm_and_map() {
    SplittableRandom random = new SplittableRandom(81);
    try (ComputeBench bench = bench(2)) {
      for (TestWeight test : weights(random)) {
        int columns = test.numbers()[0].length;
        Weight weight = bench.load(test);
        Weight gain = bench.load(TestWeight.vector(random(1, columns, random)[0]));
        for (int rows : ROWS) {
          float[][] values = random(rows, columns, random);
          values[0][0] = 1e30f;
          Tensor normed = bench.window(values).tensor();
          var expected = bench.window(new float[rows][weight.rows()]);
          bench.stream().rmsNorm(normed, gain, 1e-5f, 3, normed);
          bench.stream().linear(weight, null, normed, expected.tensor());
          var mapped = bench.window(new float[rows][weight.rows()]);
          Tensor x = bench.window(values).tensor();
          bench.stream().normLinear(x, gain, 1e-5f, 3, weight, mapped.tensor());
          assertSameBits(test.tensor() + ", rows " + rows, mapped.read(), expected.read());
        }
      }
    }
  }

  @Test
  default void rows_that_are_placed_and_attended_to_have_the_bits_of_one_after_the_other() {
    SplittableRandom random = new SplittableRandom(82);
    try (ComputeBench bench = bench(2)) {
      for (HeadLayout layout :
          List.of(new HeadLayout(2, 5, 6, 17, 4, 0.2f), new HeadLayout(3, 32, 64, 128, 32, 0.1f))) {
        for (RowFormat format : RowFormat.values()) {
          for (int rows : new int[] {1, 6}) {
            placed(bench, layout, layout.rope(), format, rows, random);
          }
        }
        placed(bench, layout, layout.rope() - 2, RowFormat.F32, 2, random);
      }
    }
  }

  private static void placed(
      ComputeBench bench,
      HeadLayout layout,
      int rotated,
      RowFormat format,
      int rows,
      SplittableRandom random) {
    int latent = layout.latent();
    int slots = rows + 7;
    int[] pages = IntStream.range(0, slots).map(i -> slots - 1 - i).toArray();
    Span span = new Span(0, rows, 7, PageTable.of(pages), AttentionPolicy.dense());
    RowPlan plan = bench.plan(List.of(span), 1, slots);
    Rotary rotary = new Rotary(random.doubles(rotated / 2).toArray(), 1.5);
    Weight gain = bench.load(TestWeight.vector(random(1, latent, random)[0]));
    Weight kvB =
        bench.load(
            TestWeight.random(
                DType.BF16, layout.heads() * (layout.nope() + layout.value()), latent, random));
    float[][] queries = random(rows, layout.queryColumns(), random);
    float[][] fresh = random(rows, layout.cacheColumns(), random);
    float[][][] results = new float[2][][];
    for (int i = 0; i < 2; i++) {
      Tensor own = bench.window(queries).tensor();
      LatentRows ownRows = LatentRows.of(bench.window(fresh).tensor(), latent);
      Tensor cache = bench.backend().allocate(slots, layout.cacheColumns(), format);
      var into = bench.window(new float[rows][layout.heads() * layout.value()]);
      Stream stream = bench.stream();
      if (i == 0) {
        stream.place(own, layout.heads(), ownRows, gain, 1e-6f, 3, rotary, plan, cache);
        stream.latentAttention(own, kvB, layout, cache, plan, into.tensor());
      } else {
        stream.placeAndAttend(
            own, layout, ownRows, gain, 1e-6f, 3, rotary, plan, cache, kvB, into.tensor());
      }
      results[i] = into.read();
    }
    assertSameBits(layout + " " + format + ", rows " + rows, results[1], results[0]);
  }

  @Test
  default void experts_that_are_picked_and_mixed_at_once_have_the_bits_of_one_after_the_other() {
    SplittableRandom random = new SplittableRandom(83);
    try (ComputeBench bench = bench(2)) {
      for (int size : new int[] {24, 128}) {
        DType dtype = size == 24 ? DType.BF16 : DType.F8_E4M3;
        List<TestExpert> all = TestExpert.some(9, dtype, size, size, random);
        ExpertGroup group = TestExpert.load(all, bench);
        Weight classifier = bench.load(TestWeight.random(DType.F32, 15, size, random));
        Weight correction = bench.load(TestWeight.vector(random(1, 15, random)[0]));
        RouterRule rule = new RouterRule(5, 2, false);
        for (int rows : new int[] {1, 3, 8, 9}) {
          for (int firstId : new int[] {0, 2}) {
            int zeros = firstId == 0 ? 9 : Stream.NO_ZERO_EXPERTS;
            Tensor x = bench.window(random(rows, size, random)).tensor();
            var expected = bench.window(new float[rows][size]);
            var mixed = bench.window(new float[rows][size]);
            try (Routing apart = bench.backend().allocateRouting(rows, 5);
                Routing picks = bench.backend().allocateRouting(rows, 5)) {
              Stream stream = bench.stream();
              stream.route(x, classifier, null, correction, rule, apart);
              stream.mixExperts(apart, group, firstId, zeros, x, expected.tensor());
              stream.routeAndMix(
                  x,
                  classifier,
                  null,
                  correction,
                  rule,
                  picks,
                  group,
                  firstId,
                  zeros,
                  mixed.tensor());
              String what = "%d rows of %d, from %d".formatted(rows, size, firstId);
              assertSameBits(what, mixed.read(), expected.read());
              assertThat(picks.ids(rows)).as(what).isEqualTo(apart.ids(rows));
              assertThat(picks.weights(rows)).as(what).isEqualTo(apart.weights(rows));
            }
          }
        }
      }
    }
  }
}
