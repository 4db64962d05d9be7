package io.longcat4j.compute.cpu;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How fast one thread multiplies and adds in registers, as measured.
 *
 * @param operations operations a second, two for a multiplication and its addition, by what
 *     multiplies; nothing for what this processor lacks
 */
record ProductRates(Map<ProductUnit, Double> operations) {
  /** Rounds of each unit, in turn: what disturbs some of them does not disturb all. */
  private static final int ROUNDS = 12;

  ProductRates {
    operations = Map.copyOf(operations);
  }

  /**
   * The best of several short rounds of each unit.
   *
   * @param meter measures one round, in operations a second; 0 for what this processor lacks
   */
  static ProductRates measure(ToDoubleFunction<ProductUnit> meter) {
    Map<ProductUnit, Double> best = new EnumMap<>(ProductUnit.class);
    for (int round = 0; round < ROUNDS; round++) {
      for (ProductUnit unit : ProductUnit.values()) {
        double rate = meter.applyAsDouble(unit);
        if (rate > 0) {
          best.merge(unit, rate, Math::max);
        }
      }
    }
    return new ProductRates(best);
  }

  /** Those of this processor, measured once in a process: some 3 ms. The library must be loaded. */
  static ProductRates ofThisProcessor() {
    return Measured.RATES;
  }

  boolean has(ProductUnit unit) {
    return operations.containsKey(unit);
  }

  /** Operations a second; 0 for what this processor lacks. */
  double of(ProductUnit unit) {
    return operations.getOrDefault(unit, 0.0);
  }

  private static final class Measured {
    static final ProductRates RATES =
        measure(
            unit -> {
              InstructionSet set = InstructionSet.with(unit);
              int ofUnit = unit == ProductUnit.F32 ? 0 : 1;
              return CpuKernels.productRate(set.code(), ofUnit, unit.repetitions());
            });
  }
}
