package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ExpertContract.TestExpert;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Experts summed in slices, of the experts or of their width. */
public interface ExpertSliceContract extends BackendUnderTest {
  int SLICES = 8;

  /** A layer of sixteen experts, its tokens and what is there before. */
  record Layer(
      List<TestExpert> experts, Weight classifier, float[][] x, float[][] start, int topK) {
    static Layer random(
        ComputeBench bench, DType dtype, int width, int rows, int topK, SplittableRandom random) {
      int hidden = 72;
      float[][] start = ComputeBench.random(rows, hidden, random);
      // Minus zero, so that also a sum of nothing is seen.
      Arrays.stream(start).forEach(row -> Arrays.fill(row, 0, 20, -0f));
      return new Layer(
          TestExpert.some(16, dtype, hidden, width, random),
          bench.load(TestWeight.random(DType.F32, 24, hidden, random)),
          ComputeBench.random(rows, hidden, random),
          start,
          topK);
    }

    float[][] mix(ComputeBench bench, ExpertGroup group, int firstId, boolean begin) {
      Routing routing = route(bench);
      float[][] zeros = new float[start.length][start[0].length];
      var into = bench.window(begin ? start : zeros);
      bench.stream().addExperts(routing, group, firstId, bench.window(x).tensor(), into.tensor());
      bench.stream().synchronise();
      return into.read();
    }

    Routing route(ComputeBench bench) {
      Routing routing = bench.backend().allocateRouting(x.length, topK);
      RouterRule rule = new RouterRule(topK, 6, false);
      bench.stream().route(bench.tensor(x), classifier, null, null, rule, routing);
      return routing;
    }
  }

  /** Experts from one to another, in slices. */
  private static ExpertGroup runs(ComputeBench bench, Layer layer, int from, int to, int slices) {
    return bench
        .backend()
        .experts(
            layer.experts.subList(from, to).stream()
                .map(
                    e -> new Expert(bench.load(e.gate()), bench.load(e.up()), bench.load(e.down())))
                .toList(),
            slices);
  }

  private static ScaledTensor rows(ScaledTensor weight, int part, int parts) {
    long count = weight.values().shape().dim(0) / parts;
    return weight.rows(part * count, count);
  }

  /** A part of the width of all experts, in slices. */
  private static ExpertGroup widths(
      ComputeBench bench, Layer layer, int part, int parts, int slices) {
    return bench
        .backend()
        .experts(
            layer.experts.stream()
                .map(
                    e ->
                        new Expert(
                            bench.backend().load(rows(e.gate().tensor(), part, parts)),
                            bench.backend().load(rows(e.up().tensor(), part, parts)),
                            bench
                                .backend()
                                .load(SliceContract.part(e.down().tensor(), part, parts), slices)))
                .toList());
  }

  @Test
  default void experts_in_slices_have_the_bits_of_their_runs_joined() {
    SplittableRandom random = new SplittableRandom(70);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : LinearContract.FORMATS) {
        for (int rows : new int[] {1, 2, 9, 40}) {
          for (int topK : new int[] {1, 7}) {
            Layer layer = Layer.random(bench, dtype, 24, rows, topK, random);
            float[][] whole = layer.mix(bench, runs(bench, layer, 0, 16, SLICES), 0, true);
            for (int parts = 2; parts <= SLICES; parts *= 2) {
              int count = 16 / parts;
              int slices = SLICES / parts;
              float[][] joined =
                  SliceContract.joined(
                      parts,
                      part -> {
                        int from = part * count;
                        ExpertGroup group = runs(bench, layer, from, from + count, slices);
                        return layer.mix(bench, group, from, part == 0);
                      });
              assertSameBits(
                  "%s, %d rows, top %d, %d parts".formatted(dtype, rows, topK, parts),
                  whole,
                  joined);
            }
          }
        }
      }
    }
  }

  @Test
  default void experts_in_slices_of_their_width_have_the_bits_of_their_parts_joined() {
    SplittableRandom random = new SplittableRandom(71);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : LinearContract.FORMATS) {
        for (int width : new int[] {16, 48, 512, 1024}) {
          for (int rows : new int[] {1, 9, 40}) {
            // Slices where they lie, of half a chunk and of a whole one, which are what takes long.
            boolean half = rows != 9 || dtype == DType.U8;
            boolean whole = rows == (dtype == DType.F8_E4M3 ? 9 : 40) && dtype != DType.F32;
            if ((width == 512 && !half) || (width == 1024 && !whole)) {
              continue;
            }
            boolean large = rows == 40 || (width == 512 && dtype != DType.U8) || width == 1024;
            if (isSlow() && (large || width == 48 || (width == 512 && rows > 1))) {
              continue;
            }
            Layer layer = Layer.random(bench, dtype, width, rows, 5, random);
            float[][] all = layer.mix(bench, widths(bench, layer, 0, 1, SLICES), 0, true);
            for (int parts = 2; parts <= SLICES; parts *= 2) {
              int count = parts;
              float[][] joined =
                  SliceContract.joined(
                      parts,
                      part -> {
                        ExpertGroup group = widths(bench, layer, part, count, SLICES / count);
                        return layer.mix(bench, group, 0, part == 0);
                      });
              assertSameBits(
                  "%s, width %d, %d rows, %d parts".formatted(dtype, width, rows, parts),
                  all,
                  joined);
            }
          }
        }
      }
    }
  }

  @Test
  default void experts_in_slices_are_right() {
    SplittableRandom random = new SplittableRandom(72);
    try (ComputeBench bench = bench(2)) {
      for (int rows : new int[] {1, 23}) {
        Layer layer = Layer.random(bench, DType.BF16, 32, rows, 6, random);
        Routing routing = layer.route(bench);
        int[] ids = routing.ids(rows);
        float[] weights = routing.weights(rows);
        double[][] expected = new double[rows][];
        for (int row = 0; row < rows; row++) {
          expected[row] = Expected.wide(layer.start[row]);
          for (int pick = row * 6; pick < (row + 1) * 6; pick++) {
            if (ids[pick] < 16) {
              double[] out = layer.experts.get(ids[pick]).apply(layer.x[row]);
              for (int i = 0; i < out.length; i++) {
                expected[row][i] += weights[pick] * out[i];
              }
            }
          }
        }
        for (int slices : new int[] {1, 2, 4, 8, 16}) {
          String what = "%d rows in %d slices".formatted(rows, slices);
          float[][] inRuns = layer.mix(bench, runs(bench, layer, 0, 16, slices), 0, true);
          assertClose(what, inRuns, expected, 4 * 72);
          float[][] inWidths = layer.mix(bench, widths(bench, layer, 0, 1, slices), 0, true);
          assertClose(what + " of the width", inWidths, expected, 4 * 72);
        }
      }
    }
  }

  @Test
  default void experts_in_slices_have_the_same_bits_for_any_threads_and_any_company() {
    List<BiFunction<ComputeBench, Layer, ExpertGroup>> groups =
        List.of(
            (bench, layer) -> runs(bench, layer, 0, 16, SLICES),
            (bench, layer) -> widths(bench, layer, 0, 1, SLICES));
    List<DType> formats =
        isSlow() ? List.of(DType.F8_E4M3) : List.of(DType.BF16, DType.F8_E4M3, DType.U8);
    for (var group : groups) {
      for (DType dtype : formats) {
        int[] rows = IntStream.range(0, isSlow() ? 24 : 400).toArray();
        float[][] first = mix(1, dtype, group, rows);
        if (!isSlow()) {
          assertSameBits("3 threads", mix(3, dtype, group, rows), first);
        }
        for (int count : isSlow() ? new int[] {1, 2, 9} : new int[] {1, 2, 30}) {
          assertSameBits(
              count + " rows",
              mix(2, dtype, group, IntStream.range(5, 5 + count).toArray()),
              Arrays.copyOfRange(first, 5, 5 + count));
        }
      }
    }
  }

  private float[][] mix(
      int threads, DType dtype, BiFunction<ComputeBench, Layer, ExpertGroup> group, int[] rows) {
    try (ComputeBench bench = bench(threads)) {
      Layer all = Layer.random(bench, dtype, 16, 400, 5, new SplittableRandom(73));
      Layer some =
          new Layer(
              all.experts,
              all.classifier,
              Arrays.stream(rows).mapToObj(row -> all.x[row]).toArray(float[][]::new),
              Arrays.stream(rows).mapToObj(row -> all.start[row]).toArray(float[][]::new),
              all.topK);
      return some.mix(bench, group.apply(bench, some), 0, true);
    }
  }

  @Test
  default void slices_of_experts_that_do_not_fit_are_refused() {
    SplittableRandom random = new SplittableRandom(74);
    try (ComputeBench bench = bench(1)) {
      List<Expert> plain = new ArrayList<>();
      List<Expert> sliced = new ArrayList<>();
      for (TestExpert expert : TestExpert.some(12, DType.BF16, 8, 16, random)) {
        Weight gate = bench.load(expert.gate());
        Weight up = bench.load(expert.up());
        plain.add(new Expert(gate, up, bench.load(expert.down())));
        sliced.add(new Expert(gate, up, bench.backend().load(expert.down().tensor(), 4)));
      }
      for (int slices : new int[] {-1, 0, 3, 8, 12, 16}) {
        refused(bench, plain, slices, "12 experts", slices + " slices");
      }
      refused(bench, List.of(), 2, "0 experts");
      refused(bench, sliced, 4, "4 slices", "either");
      refused(bench, List.of(plain.get(0), sliced.get(1)), 1, "4 slices");
      Weight gate = bench.backend().load(TestWeight.random(DType.BF16, 16, 8, random).tensor(), 2);
      Expert first = plain.get(0);
      refused(bench, List.of(new Expert(gate, first.up(), first.down())), 1, "gate", "2 slices");
      refused(bench, List.of(new Expert(first.gate(), gate, first.down())), 1, "up", "2 slices");
    }
  }

  private static void refused(
      ComputeBench bench, List<Expert> experts, int slices, String... parts) {
    assertThatThrownBy(() -> bench.backend().experts(experts, slices))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }
}
