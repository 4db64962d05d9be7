package io.longcat4j.compute.cpu;

import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.TestWeight;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model of the tile unit has the processor's bits, where there is one to ask. */
class AmxEmulationTest {
  @ParameterizedTest
  @EnumSource(Numerics.class)
  void the_model_does_what_the_processor_does(Numerics numerics) {
    SplittableRandom random = new SplittableRandom(50);
    for (DType dtype : new DType[] {DType.BF16, DType.F8_E4M3}) {
      TestWeight weight = TestWeight.random(dtype, 147, 1101, random);
      for (int rows : new int[] {1, 2, 3, 40}) {
        float[][] x = random(rows, 1101, random);
        assertSameBits(
            dtype + " with " + rows + " rows",
            linear(InstructionSet.AVX512_AMX_EMULATED, numerics, weight, x),
            linear(InstructionSet.AVX512_AMX, numerics, weight, x));
      }
    }
  }

  private static float[][] linear(
      InstructionSet instructionSet, Numerics numerics, TestWeight weight, float[][] x) {
    try (ComputeBackend backend = CpuBackends.open(instructionSet, numerics, 2);
        ComputeBench bench = new ComputeBench(backend)) {
      Tensor into = backend.allocate(x.length, weight.numbers().length);
      bench.stream().linear(bench.load(weight), null, bench.tensor(x), into);
      return bench.read(into);
    }
  }
}
