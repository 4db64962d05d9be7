package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers between bounds, without exponents: of at most 18 digits before the point and 17 after it,
 * or of as many as the bounds have and one more.
 */
final class NumberSchema {
  /** Numbers are never written with more digits, on either side of the point. */
  private static final int MAX_DIGITS = 1000;

  private static final int WHOLE_DIGITS = 18;
  private static final int FRACTION_DIGITS = 17;

  private final NetworkBuilder network;
  private final JsonParts parts;
  private final List<SchemaNode> leaves;

  NumberSchema(SchemaCompiler compiler, List<SchemaNode> leaves) {
    this.network = compiler.network();
    this.parts = compiler.parts();
    this.leaves = leaves;
  }

  int part(boolean fractions) {
    int fractionDigits = fractions ? fractionDigits() : 0;
    NumberBound lowest = lowest(fractionDigits);
    NumberBound highest = highest(fractionDigits);
    if (lowest == null && highest == null) {
      return fractions ? parts.number() : parts.integer();
    }
    int digits = Math.max(wholeDigits(lowest), wholeDigits(highest));
    digits = Math.min(MAX_DIGITS, Math.max(WHOLE_DIGITS, digits + 1));
    BigDecimal largest =
        BigDecimal.TEN.pow(digits).subtract(BigDecimal.ONE.movePointLeft(fractionDigits));
    NumberBound low = lowest == null ? new NumberBound(largest.negate(), false) : lowest;
    NumberBound high = highest == null ? new NumberBound(largest, false) : highest;
    int start = network.state();
    magnitudes(start, NumberBound.ZERO.orHigher(low), high, fractionDigits);
    if (low.value().signum() < 0) {
      NumberBound smallest = NumberBound.ZERO.orHigher(high.negated());
      magnitudes(network.read(start, '-'), smallest, low.negated(), fractionDigits);
    }
    return start;
  }

  private void magnitudes(int from, NumberBound low, NumberBound high, int fractionDigits) {
    if (low.isBelow(high)) {
      new DecimalRange(network, low, high, fractionDigits, network.end()).read(from);
    }
  }

  private @Nullable NumberBound lowest(int fractionDigits) {
    NumberBound lowest = null;
    for (SchemaNode leaf : leaves) {
      for (String keyword : List.of("minimum", "exclusiveMinimum")) {
        NumberBound bound = bound(leaf, keyword, 1, fractionDigits);
        lowest = bound == null ? lowest : lowest == null ? bound : lowest.orHigher(bound);
      }
    }
    return lowest;
  }

  private @Nullable NumberBound highest(int fractionDigits) {
    NumberBound negated = null;
    for (SchemaNode leaf : leaves) {
      for (String keyword : List.of("maximum", "exclusiveMaximum")) {
        NumberBound bound = bound(leaf, keyword, -1, fractionDigits);
        NumberBound turned = bound == null ? null : bound.negated();
        negated = turned == null ? negated : negated == null ? turned : negated.orHigher(turned);
      }
    }
    return negated == null ? null : negated.negated();
  }

  /** The bound that a keyword sets, rounded inwards; none where no written number is outside. */
  private static @Nullable NumberBound bound(
      SchemaNode leaf, String keyword, int inwards, int fractionDigits) {
    JsonNode given = leaf.json().get(keyword);
    if (given == null) {
      return null;
    }
    BigDecimal value = given.decimalValue();
    if ((long) value.precision() - value.scale() >= MAX_DIGITS && value.signum() != 0) {
      if (value.signum() == inwards) {
        throw Keywords.refused(
            keyword,
            leaf.place(),
            "is " + given + "; numbers have less than " + MAX_DIGITS + " digits before the point");
      }
      return null;
    }
    BigDecimal rounded =
        near(value, fractionDigits)
            .setScale(fractionDigits, inwards > 0 ? RoundingMode.CEILING : RoundingMode.FLOOR);
    boolean exclusive = keyword.startsWith("exclusive") && rounded.compareTo(value) == 0;
    return new NumberBound(rounded, exclusive);
  }

  /** A number that is rounded alike and has few digits. */
  private static BigDecimal near(BigDecimal value, int fractionDigits) {
    boolean tiny = (long) value.precision() - value.scale() < -fractionDigits;
    return tiny ? BigDecimal.valueOf(value.signum()).scaleByPowerOfTen(-fractionDigits - 1) : value;
  }

  private int fractionDigits() {
    int digits = FRACTION_DIGITS;
    for (SchemaNode leaf : leaves) {
      for (String keyword : Keywords.BOUNDS) {
        if (leaf.json().has(keyword)) {
          BigDecimal value = leaf.json().get(keyword).decimalValue().stripTrailingZeros();
          digits = (int) Math.max(digits, Math.min(MAX_DIGITS, value.scale() + 1L));
        }
      }
    }
    return digits;
  }

  private static int wholeDigits(@Nullable NumberBound bound) {
    return bound == null ? 0 : Math.max(0, bound.value().abs().toBigInteger().toString().length());
  }
}
