package io.longcat4j.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What multiplies weights of BF16 and FP8 follows from what was measured, whatever the processor.
 */
class ProductChoiceTest {
  @BeforeAll
  static void load() {
    CpuBackends.open(InstructionSet.GENERIC, 1).close();
  }

  @ParameterizedTest
  @CsvSource({
    "100, 205, 0, BF16",
    "170, 87, 0, F32",
    "100, 100, 0, F32",
    "100, 124, 0, F32",
    "100, 126, 0, BF16",
    "100, 0, 0, F32",
    "100, 50, 1600, TILES",
    "100, 200, 1600, TILES",
    "100, 200, 240, BF16"
  })
  void rounded_activations_meet_what_is_clearly_faster(
      double f32, double bf16, double tiles, ProductUnit expected) {
    for (Numerics numerics : List.of(Numerics.BF16, Numerics.FP8)) {
      assertThat(choice(rates(f32, bf16, tiles), numerics, null).unit()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"100, 1000, 0, F32", "100, 200, 370, F32", "100, 200, 376, TILES"})
  void exact_activations_meet_f32_or_tiles_three_times(
      double f32, double bf16, double tiles, ProductUnit expected) {
    assertThat(choice(rates(f32, bf16, tiles), Numerics.EXACT, null).unit()).isEqualTo(expected);
  }

  @Test
  void the_units_have_kernels_of_their_own() {
    assertThat(choice(rates(1, 2, 0), Numerics.BF16, null).instructionSet())
        .isEqualTo(InstructionSet.AVX512_BF16);
    assertThat(choice(rates(1, 2, 9), Numerics.BF16, null).instructionSet())
        .isEqualTo(InstructionSet.AVX512_AMX);
    assertThat(choice(rates(1, 1, 0), Numerics.BF16, null).instructionSet())
        .isEqualTo(InstructionSet.best());
  }

  @Test
  void what_is_asked_for_is_taken_though_it_is_slower() {
    ProductChoice f32 = choice(rates(100, 200, 1600), Numerics.BF16, "f32");
    assertThat(f32.unit()).isEqualTo(ProductUnit.F32);
    assertThat(f32.describe()).contains("products by F32 (as asked for;");
    assertThat(choice(rates(170, 87, 0), Numerics.BF16, "bf16").unit()).isEqualTo(ProductUnit.BF16);
    assertThat(choice(rates(170, 87, 100), Numerics.BF16, "amx").unit())
        .isEqualTo(ProductUnit.TILES);
  }

  @Test
  void exact_numerics_stay_exact_where_rounding_products_are_asked_for() {
    assertThat(choice(rates(100, 200, 0), Numerics.EXACT, "bf16").unit())
        .isEqualTo(ProductUnit.F32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "amx", "BF16", "fast", ""})
  void what_the_processor_lacks_is_refused_with_what_it_has(String wanted) {
    assertThatThrownBy(() -> choice(rates(100, 0, 0), Numerics.EXACT, wanted))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("io.longcat4j.cpu.product is " + wanted + ", but")
        .hasMessageContaining("has f32; set it to one of these");
  }

  @Test
  void the_figures_are_told_and_what_is_missing() {
    assertThat(choice(rates(83.6e9, 171.2e9, 0), Numerics.BF16, null).describe())
        .startsWith(
            "products by BF16 dot products (the fastest for these numerics; one thread measured:"
                + " F32 84 GFLOP/s, BF16 dot products 171 GFLOP/s, AMX tiles: ");
  }

  @Test
  void ranks_with_other_products_know_that_they_compute_otherwise() {
    try (ComputeBackend f32 = CpuBackends.open(InstructionSet.GENERIC, Numerics.BF16, 1);
        ComputeBackend bf16 = CpuBackends.open(InstructionSet.BF16_MODELLED, Numerics.BF16, 1)) {
      assertThat(bf16.arithmetic()).isNotEqualTo(f32.arithmetic());
    }
  }

  @Test
  void of_rounds_in_turn_the_best_counts() {
    List<ProductUnit> asked = new ArrayList<>();
    Map<ProductUnit, Double> next = new EnumMap<>(ProductUnit.class);
    next.put(ProductUnit.F32, 40.0);
    next.put(ProductUnit.BF16, 10.0);
    ProductRates rates =
        ProductRates.measure(
            unit -> {
              asked.add(unit);
              // Disturbed every other time.
              return next.getOrDefault(unit, 0.0) / (asked.size() % 2 + 1);
            });
    assertThat(rates.of(ProductUnit.F32)).isEqualTo(40);
    assertThat(rates.of(ProductUnit.BF16)).isEqualTo(10);
    assertThat(rates.has(ProductUnit.TILES)).isFalse();
    assertThat(asked.subList(0, 4))
        .containsExactly(ProductUnit.F32, ProductUnit.BF16, ProductUnit.TILES, ProductUnit.F32);
  }

  @Test
  void this_processor_is_measured_and_described() {
    ProductRates rates = ProductRates.ofThisProcessor();
    assertThat(rates.of(ProductUnit.F32)).isGreaterThan(1e6);
    for (ProductUnit unit : ProductUnit.values()) {
      assertThat(rates.has(unit)).isEqualTo(InstructionSet.with(unit).supported());
    }
    assertThat(ProductRates.ofThisProcessor()).isSameAs(rates);
  }

  private static ProductChoice choice(ProductRates rates, Numerics numerics, String wanted) {
    return ProductChoice.of(rates, numerics, wanted);
  }

  private static ProductRates rates(double f32, double bf16, double tiles) {
    Map<ProductUnit, Double> rates = new EnumMap<>(ProductUnit.class);
    rates.put(ProductUnit.F32, f32);
    if (bf16 > 0) {
      rates.put(ProductUnit.BF16, bf16);
    }
    if (tiles > 0) {
      rates.put(ProductUnit.TILES, tiles);
    }
    return new ProductRates(rates);
  }
}
