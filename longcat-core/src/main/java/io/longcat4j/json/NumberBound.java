package io.longcat4j.json;

import java.math.BigDecimal;

/** A bound of numbers, and whether it is itself left out. */
record NumberBound(BigDecimal value, boolean exclusive) {
  static final NumberBound ZERO = new NumberBound(BigDecimal.ZERO, false);

  NumberBound negated() {
    return new NumberBound(value.negate(), exclusive);
  }

  /** The larger one; of equal ones that which leaves itself out. */
  NumberBound orHigher(NumberBound other) {
    int order = other.value.compareTo(value);
    return order > 0 || (order == 0 && other.exclusive) ? other : this;
  }

  /** Whether a number lies above this bound, or on it. */
  boolean isBelow(NumberBound high) {
    int order = value.compareTo(high.value);
    return order < 0 || (order == 0 && !exclusive && !high.exclusive);
  }
}
