package io.longcat4j.compute.cpu;

import static java.util.stream.Collectors.joining;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What multiplies weights of BF16 and FP8, chosen by what was measured or by whoever asks. Exact
 * numerics take F32, or tiles over three terms of each activation.
 *
 * @param unit that was chosen
 * @param asked whether it was asked for
 * @param rates what was measured
 */
record ProductChoice(ProductUnit unit, boolean asked, ProductRates rates) {
  /** A system property: {@code f32}, {@code bf16} or {@code amx}; else the fastest is taken. */
  static final String PROPERTY = "io.longcat4j.cpu.product";

  /** So many times as fast as a plainer one is another one, or the plainer one is taken. */
  static final double MARGIN = 1.25;

  /** Terms of an activation that tiles multiply where it is not rounded. */
  private static final int EXACT_TERMS = 3;

  /**
   * The choice.
   *
   * @param rates what was measured
   * @param numerics what is computed
   * @param wanted the property's value; null to choose by what was measured
   * @throws BackendException if this processor lacks what is wanted
   */
  static ProductChoice of(ProductRates rates, Numerics numerics, @Nullable String wanted) {
    Optional<ProductUnit> asked = Optional.ofNullable(wanted).map(key -> named(rates, key));
    ProductUnit unit = asked.orElseGet(() -> fastest(rates, numerics));
    boolean serves = speed(rates, unit, numerics) > 0;
    return new ProductChoice(serves ? unit : ProductUnit.F32, asked.isPresent(), rates);
  }

  private static ProductUnit named(ProductRates rates, String key) {
    return Stream.of(ProductUnit.values())
        .filter(unit -> unit.key().equals(key) && rates.has(unit))
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    "the system property %s is %s, but this processor has %s; set it to one of"
                            .formatted(PROPERTY, key, keys(rates))
                        + " these, or leave it out to take the fastest"));
  }

  private static String keys(ProductRates rates) {
    return Stream.of(ProductUnit.values())
        .filter(rates::has)
        .map(ProductUnit::key)
        .collect(joining(", "));
  }

  private static ProductUnit fastest(ProductRates rates, Numerics numerics) {
    ProductUnit best = ProductUnit.F32;
    for (ProductUnit unit : ProductUnit.values()) {
      if (speed(rates, unit, numerics) >= MARGIN * speed(rates, best, numerics)) {
        best = unit;
      }
    }
    return best;
  }

  /** Operations a second that count; 0 for what does not serve the numerics. */
  private static double speed(ProductRates rates, ProductUnit unit, Numerics numerics) {
    if (numerics != Numerics.EXACT || unit == ProductUnit.F32) {
      return rates.of(unit);
    }
    return unit == ProductUnit.TILES ? rates.of(unit) / EXACT_TERMS : 0;
  }

  /** Kernels with that unit; the library must be loaded. */
  InstructionSet instructionSet() {
    return InstructionSet.with(unit);
  }

  /** What was chosen, and the figures it was chosen by. */
  String describe() {
    return "products by %s (%s; one thread measured: %s)"
        .formatted(
            unit.title(),
            asked ? "as asked for" : "the fastest for these numerics",
            Stream.of(ProductUnit.values()).map(this::figure).collect(joining(", ")));
  }

  private String figure(ProductUnit any) {
    if (rates.has(any)) {
      double giga = rates.of(any) / 1e9;
      return String.format(Locale.ROOT, "%s %.0f GFLOP/s", any.title(), giga);
    }
    return any.title() + ": " + InstructionSet.whyNot(InstructionSet.with(any).status());
  }
}
