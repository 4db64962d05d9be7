package io.longcat4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ExpertContract.TestExpert;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is queued again and again has the results of what is queued once. */
public interface RepetitionContract extends BackendUnderTest {
  @Test
  default void passes_of_any_rows_and_positions_have_the_bits_they_have_alone() {
    try (ComputeBench repeating = bench(2);
        ComputeBench alone = bench(2)) {
      SmallLayer repeated = new SmallLayer(repeating);
      SmallLayer single = new SmallLayer(alone);
      // Each shape comes often enough to be kept, and not in a row.
      int[][] passes = {{0, 3}, {3, 1}, {4, 1}, {5, 3}, {8, 1}, {9, 3}, {12, 3}, {15, 1}, {16, 3}};
      SplittableRandom random = new SplittableRandom(5);
      for (int[] pass : passes) {
        String what = pass[1] + " rows from position " + pass[0];
        float[][] x = ComputeBench.random(pass[1], SmallLayer.HIDDEN, random);
        float[][] expected = single.pass(x, pass[0], new Repeated.OneByOne());
        ComputeBench.assertSameBits(what, repeated.pass(x, pass[0], repeated.kept), expected);
        assertThat(repeated.ids(pass[1])).as(what).isEqualTo(single.ids(pass[1]));
      }
      repeated.kept.close();
      float[][] x = ComputeBench.random(1, SmallLayer.HIDDEN, random);
      float[][] expected = single.pass(x, 19, new Repeated.OneByOne());
      ComputeBench.assertSameBits("closed", repeated.pass(x, 19, repeated.kept), expected);
    }
  }

  @Test
  default void a_pass_that_fails_is_not_kept() {
    try (ComputeBench bench = bench(1)) {
      RowPlan plan = bench.planOfSlots(1, 0);
      Tensor x = bench.tensor(new float[][] {{1}});
      Tensor two = bench.tensor(new float[][] {{2}});
      Tensor misfit = bench.tensor(new float[][] {{1, 2}});
      Repeated repeated = bench.stream().repeated();
      repeated.run(plan, () -> bench.stream().add(two, x));
      assertThatThrownBy(
              () ->
                  repeated.run(
                      plan,
                      () -> {
                        bench.stream().add(two, x);
                        bench.stream().add(misfit, x);
                      }))
          .isInstanceOf(IllegalArgumentException.class);
      float before = bench.read(x)[0][0];
      repeated.run(plan, () -> bench.stream().add(two, x));
      repeated.run(plan, () -> bench.stream().add(two, x));
      assertThat(bench.read(x)[0][0]).isEqualTo(before + 4);
      repeated.close();
    }
  }

  /** Attention beside experts, with memory that passes have in common. */
  final class SmallLayer {
    static final int HIDDEN = 32;
    private static final int LATENT = 16;
    private static final int ROPE = 4;
    private static final int PAGES = 4;
    private static final int MOST_ROWS = 3;
    private static final HeadLayout HEADS = new HeadLayout(2, 12, ROPE, LATENT, 16, 0.3f);

    private final Stream main;
    private final Stream side;
    private final Repeated kept;
    private final RowPlan plan;
    private final Weight down;
    private final Weight up;
    private final Weight output;
    private final Weight classifier;
    private final Weight bias;
    private final ExpertGroup experts;
    private final Routing routing;
    private final Rotary rotary = new Rotary(new double[] {1, 0.1}, 1);
    private final Tensor cache;
    private final Tensor x;
    private final Tensor query;
    private final Tensor keyValue;
    private final Tensor heads;
    private final Tensor shortcut;

    SmallLayer(ComputeBench bench) {
      SplittableRandom random = new SplittableRandom(11);
      ComputeBackend backend = bench.backend();
      this.main = bench.stream();
      this.side = backend.openStream();
      this.kept = main.repeated();
      this.plan = backend.allocatePlan(16, PAGES);
      this.down = bench.load(TestWeight.random(DType.BF16, LATENT + ROPE, HIDDEN, random));
      this.up = bench.load(TestWeight.random(DType.BF16, HEADS.heads() * 28, LATENT, random));
      this.output = bench.load(TestWeight.random(DType.BF16, HIDDEN, HEADS.heads() * 16, random));
      this.classifier = bench.load(TestWeight.random(DType.F32, 6, HIDDEN, random));
      this.bias = bench.load(TestWeight.vector(ComputeBench.random(1, HIDDEN, random)[0]));
      this.experts = TestExpert.load(TestExpert.some(4, DType.BF16, HIDDEN, 16, random), bench);
      this.routing = backend.allocateRouting(MOST_ROWS, 2);
      this.cache = backend.allocate(16 * PAGES, LATENT + ROPE);
      this.x = backend.allocate(MOST_ROWS, HIDDEN);
      this.query = backend.allocate(MOST_ROWS, HEADS.heads() * 16);
      this.keyValue = backend.allocate(MOST_ROWS, LATENT + ROPE);
      this.heads = backend.allocate(MOST_ROWS, HEADS.heads() * 16);
      this.shortcut = backend.allocate(MOST_ROWS, HIDDEN);
    }

    float[][] pass(float[][] values, int position, Repeated repeated) {
      int rows = values.length;
      for (int row = 0; row < rows; row++) {
        main.write(values[row], 0, x.rows(row, 1));
      }
      PageTable pages = PageTable.of(2, 0, 3, 1);
      main.plan(List.of(new Span(0, rows, position, pages, AttentionPolicy.dense())), plan);
      repeated.run(plan, () -> queue(rows));
      float[] numbers = new float[rows * HIDDEN];
      main.read(x.rows(0, rows), numbers, 0);
      float[][] result = new float[rows][HIDDEN];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(numbers, row * HIDDEN, result[row], 0, HIDDEN);
      }
      return result;
    }

    private void queue(int rows) {
      Tensor input = x.rows(0, rows);
      Tensor added = shortcut.rows(0, rows);
      side.await(main);
      side.route(input, classifier, null, null, new RouterRule(2, 1, true), routing);
      side.zero(added);
      side.addZeroExperts(routing, 4, input, added);
      side.addExperts(routing, experts, 0, input, added);
      Tensor queries = query.rows(0, rows);
      Tensor latents = keyValue.rows(0, rows);
      main.linear(output, null, input, queries);
      main.rotate(queries, HEADS.heads(), rotary, plan);
      main.linear(down, null, input, latents);
      main.scatter(latents, plan, cache);
      main.latentAttention(queries, up, HEADS, cache, plan, heads.rows(0, rows));
      main.await(side);
      main.add(heads.rows(0, rows), input);
      main.add(added, input);
      main.addVector(bias, input);
    }

    int[] ids(int rows) {
      return routing.ids(rows);
    }
  }
}
