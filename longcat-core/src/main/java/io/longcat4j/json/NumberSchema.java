package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Numbers between bounds, of at most 18 digits before the point and 17 after it. Where fractions
 * are allowed the bounds must be whole, and there is no exponent.
 */
final class NumberSchema {
  private static final BigInteger LARGEST = BigInteger.TEN.pow(18).subtract(BigInteger.ONE);
  private static final int FRACTION_DIGITS = 17;

  /** A bound, and whether it is itself left out. */
  private record Bound(BigInteger value, boolean exclusive) {
    Bound negated() {
      return new Bound(value.negate(), exclusive);
    }
  }

  private final NetworkBuilder network;
  private final JsonParts parts;
  private final JsonNode schema;
  private final String place;

  NumberSchema(SchemaCompiler compiler, JsonNode schema, String place) {
    this.network = compiler.network();
    this.parts = compiler.parts();
    this.schema = schema;
    this.place = place;
  }

  int part(boolean fractions) {
    boolean bounded =
        schema.has("minimum")
            || schema.has("maximum")
            || schema.has("exclusiveMinimum")
            || schema.has("exclusiveMaximum");
    if (!bounded) {
      return fractions ? parts.number() : parts.integer();
    }
    Bound lowest = lowest(fractions);
    Bound highest = highest(fractions);
    int start = network.state();
    int end = network.end();
    magnitudes(start, lowest, highest, fractions, end);
    int negative = network.read(start, '-');
    magnitudes(negative, highest.negated(), lowest.negated(), fractions, end);
    return start;
  }

  /** Numbers without their sign; below 0 there are none. */
  private void magnitudes(int from, Bound lowest, Bound highest, boolean fractions, int end) {
    boolean fromZero = lowest.value().signum() < 0;
    BigInteger low = fromZero ? BigInteger.ZERO : lowest.value();
    boolean withoutLow = !fromZero && lowest.exclusive();
    BigInteger high = highest.value();
    DigitRanges digits = new DigitRanges(network);
    if (!fractions) {
      digits.read(from, low, high, end);
      return;
    }
    int lowDigits = network.state();
    digits.read(from, low, low.min(high.subtract(BigInteger.ONE)), lowDigits);
    fraction(lowDigits, /* positive= */ true, end);
    int between = network.state();
    digits.read(from, low.add(BigInteger.ONE), high.subtract(BigInteger.ONE), between);
    fraction(between, /* positive= */ false, end);
    network.skip(between, end);
    if (!withoutLow && (low.compareTo(high) < 0 || !highest.exclusive())) {
      digits.read(from, low, low.min(high), end);
    }
    if (!highest.exclusive() && !(withoutLow && low.equals(high))) {
      digits.read(from, high.max(low), high, end);
    }
  }

  private void fraction(int from, boolean positive, int end) {
    int at = network.read(from, '.');
    int zeros = at;
    int digit = network.state();
    network.range(at, '1', '9', digit);
    if (!positive) {
      network.range(at, '0', '0', digit);
    }
    for (int i = 1; i < FRACTION_DIGITS; i++) {
      network.skip(digit, end);
      int next = network.state();
      network.range(digit, '0', '9', next);
      if (positive) {
        zeros = network.read(zeros, '0');
        network.range(zeros, '1', '9', next);
      }
      digit = next;
    }
    network.skip(digit, end);
  }

  private Bound lowest(boolean fractions) {
    Bound lowest = new Bound(LARGEST.negate(), false);
    for (String keyword : new String[] {"minimum", "exclusiveMinimum"}) {
      if (schema.has(keyword)) {
        Bound bound = bound(keyword, fractions, RoundingMode.CEILING, BigInteger.ONE);
        lowest = isTighter(bound.value().compareTo(lowest.value()), bound) ? bound : lowest;
      }
    }
    return lowest;
  }

  private Bound highest(boolean fractions) {
    Bound highest = new Bound(LARGEST, false);
    for (String keyword : new String[] {"maximum", "exclusiveMaximum"}) {
      if (schema.has(keyword)) {
        Bound bound = bound(keyword, fractions, RoundingMode.FLOOR, BigInteger.ONE.negate());
        highest = isTighter(highest.value().compareTo(bound.value()), bound) ? bound : highest;
      }
    }
    return highest;
  }

  private static boolean isTighter(int inside, Bound bound) {
    return inside > 0 || (inside == 0 && bound.exclusive());
  }

  private Bound bound(String keyword, boolean fractions, RoundingMode inwards, BigInteger step) {
    BigDecimal given = written(schema.get(keyword).decimalValue());
    BigInteger whole = whole(given, inwards);
    boolean exact = given.compareTo(new BigDecimal(whole)) == 0;
    boolean exclusive = keyword.startsWith("exclusive");
    if (fractions && !exact) {
      throw Keywords.refused(
          keyword, place, "is " + given + "; for the type number whole bounds are supported");
    }
    if (fractions) {
      return new Bound(whole, exclusive);
    }
    return new Bound(exclusive && exact ? whole.add(step) : whole, false);
  }

  /** The next whole number. */
  private static BigInteger whole(BigDecimal given, RoundingMode inwards) {
    boolean small = given.abs().compareTo(BigDecimal.ONE) < 0;
    BigDecimal near = small ? new BigDecimal(given.signum()).scaleByPowerOfTen(-1) : given;
    return near.setScale(0, inwards).toBigInteger();
  }

  /** Beyond the numbers that are written it does not matter where a bound is. */
  private static BigDecimal written(BigDecimal given) {
    BigDecimal beyond = new BigDecimal(LARGEST.add(BigInteger.ONE));
    return given.min(beyond).max(beyond.negate());
  }
}
