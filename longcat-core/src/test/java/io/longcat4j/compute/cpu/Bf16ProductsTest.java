package io.longcat4j.compute.cpu;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;

import io.longcat4j.Numerics;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.Expected;
import io.longcat4j.testing.TestWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Dot products of BF16, on the processor's instruction where it has one and on a model of it
 * anywhere: right at every size, and the same bits for a row alone and beside others.
 */
@Tag("kernels")
class Bf16ProductsTest {
  private static final DType[] FORMATS = {DType.BF16, DType.F8_E4M3};

  @ParameterizedTest
  @EnumSource(
      value = InstructionSet.class,
      names = {"AVX512_BF16", "BF16_MODELLED"})
  void products_of_every_height_and_width_are_right(InstructionSet set) {
    SplittableRandom random = new SplittableRandom(60);
    try (ComputeBench bench = bench(set, Numerics.BF16, 2)) {
      for (DType dtype : FORMATS) {
        for (int height : new int[] {1, 15, 16, 17, 33, 64, 131}) {
          for (int width : new int[] {1, 31, 127, 128, 300}) {
            int rows = 1 + (height + width) % 14;
            TestWeight weight = TestWeight.random(dtype, height, width, random);
            float[][] x = representable(rows, width, random);
            assertClose(
                "%s [%d, %d] with %d rows".formatted(dtype, height, width, rows),
                linear(bench, weight, 1, x),
                Expected.linear(weight.numbers(), null, x),
                width);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = InstructionSet.class,
      names = {"AVX512_BF16", "BF16_MODELLED"})
  void scales_of_any_blocks_apply(InstructionSet set) {
    SplittableRandom random = new SplittableRandom(61);
    int[][] blocks = {{128, 128}, {16, 128}, {1, 256}, {7, 32}, {3, 5}, {300, 300}};
    try (ComputeBench bench = bench(set, Numerics.BF16, 2)) {
      for (int[] block : blocks) {
        for (int rows : new int[] {1, 4, 9}) {
          TestWeight weight = TestWeight.fp8(77, 517, block[0], block[1], random);
          float[][] x = representable(rows, 517, random);
          assertClose(
              Arrays.toString(block) + " with " + rows + " rows",
              linear(bench, weight, 1, x),
              Expected.linear(weight.numbers(), null, x),
              517);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = InstructionSet.class,
      names = {"AVX512_BF16", "BF16_MODELLED"})
  void a_row_has_its_bits_alone_and_beside_others(InstructionSet set) {
    SplittableRandom random = new SplittableRandom(62);
    // Also more rows than totals are held for at once.
    int[][] sizes = {{24, 1040}, {389, 128}};
    try (ComputeBench bench = bench(set, Numerics.BF16, 3);
        ComputeBench single = bench(set, Numerics.BF16, 1)) {
      for (DType dtype : FORMATS) {
        for (int[] size : sizes) {
          int slices = size[1] > 1024 ? 8 : 1;
          TestWeight weight = TestWeight.random(dtype, 70, size[1], random);
          float[][] x = random(size[0], size[1], random);
          float[][] all = linear(bench, weight, slices, x);
          for (int rows : new int[] {1, 2, 3, 5, 6, 7, 12}) {
            int from = random.nextInt(x.length - rows);
            assertSameBits(
                "%s, %d slices, %d rows from %d".formatted(dtype, slices, rows, from),
                linear(single, weight, slices, Arrays.copyOfRange(x, from, from + rows)),
                Arrays.copyOfRange(all, from, from + rows));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = InstructionSet.class,
      names = {"AVX512_BF16", "BF16_MODELLED"})
  void a_row_of_experts_has_its_bits_alone_and_beside_others(InstructionSet set) {
    SplittableRandom random = new SplittableRandom(63);
    for (int slices : new int[] {1, 8}) {
      try (ComputeBench bench = bench(set, Numerics.BF16, 2)) {
        List<Expert> experts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          DType dtype = FORMATS[i % 2];
          experts.add(
              new Expert(
                  bench.load(TestWeight.random(dtype, 1024, 150, random)),
                  bench.load(TestWeight.random(dtype, 1024, 150, random)),
                  bench
                      .backend()
                      .load(TestWeight.random(dtype, 150, 1024, random).tensor(), slices)));
        }
        Weight classifier = bench.load(TestWeight.random(DType.F32, 7, 150, random));
        float[][] x = random(23, 150, random);
        float[][] all = experts(bench, experts, classifier, x);
        for (int row = 0; row < x.length; row++) {
          assertSameBits(
              slices + " slices, row " + row,
              experts(bench, experts, classifier, new float[][] {x[row]}),
              new float[][] {all[row]});
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = InstructionSet.class,
      names = {"AVX512_BF16", "BF16_MODELLED"})
  void exact_numerics_and_other_formats_have_the_bits_of_the_vectors_alone(InstructionSet set) {
    SplittableRandom random = new SplittableRandom(64);
    InstructionSet vectors =
        set == InstructionSet.BF16_MODELLED ? InstructionSet.GENERIC : InstructionSet.AVX512_GFNI;
    for (Numerics numerics : Numerics.values()) {
      for (DType dtype :
          new DType[] {DType.F32, DType.F16, DType.BF16, DType.F8_E4M3, DType.I8, DType.U8}) {
        boolean own =
            (numerics == Numerics.BF16 && Arrays.asList(FORMATS).contains(dtype))
                || (numerics == Numerics.FP8 && dtype == DType.BF16);
        if (own) {
          continue;
        }
        for (int rows : new int[] {1, 19}) {
          TestWeight weight = TestWeight.random(dtype, 37, 300, random);
          float[][] x = random(rows, 300, random);
          try (ComputeBench bench = bench(set, numerics, 2);
              ComputeBench other = bench(vectors, numerics, 2)) {
            assertSameBits(
                numerics + ", " + dtype + " with " + rows + " rows",
                linear(bench, weight, 1, x),
                linear(other, weight, 1, x));
          }
        }
      }
    }
  }

  private static ComputeBench bench(InstructionSet set, Numerics numerics, int threads) {
    return new ComputeBench(CpuBackends.open(set, numerics, threads));
  }

  private static float[][] linear(ComputeBench bench, TestWeight weight, int slices, float[][] x) {
    Weight loaded = bench.backend().load(weight.tensor(), slices);
    var into = bench.window(new float[x.length][loaded.rows()]);
    bench.stream().linear(loaded, null, bench.window(x).tensor(), into.tensor());
    return into.read();
  }

  private static float[][] experts(
      ComputeBench bench, List<Expert> experts, Weight classifier, float[][] x) {
    Tensor rows = bench.tensor(x);
    Tensor into = bench.tensor(new float[x.length][x[0].length]);
    Routing routing = bench.backend().allocateRouting(x.length, 3);
    bench.stream().route(rows, classifier, null, null, new RouterRule(3, 6, false), routing);
    bench.stream().addExperts(routing, bench.backend().experts(experts), 0, rows, into);
    return bench.read(into);
  }

  // Numbers that BF16 has, so that rounding leaves them as they are.
  private static float[][] representable(int rows, int columns, SplittableRandom random) {
    float[][] numbers = random(rows, columns, random);
    for (float[] row : numbers) {
      for (int i = 0; i < columns; i++) {
        row[i] = Float.intBitsToFloat(Float.floatToRawIntBits(row[i]) & 0xffff0000);
      }
    }
    return numbers;
  }
}
