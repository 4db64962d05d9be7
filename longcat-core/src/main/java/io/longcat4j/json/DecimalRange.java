package io.longcat4j.json;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers without a sign between two bounds: digits without leading zeros, and perhaps a point and
 * digits. A number is compared digit by digit; as soon as it is known to be inside, any digits may
 * follow.
 */
final class DecimalRange {
  private final NetworkBuilder network;
  private final Edge low;
  private final Edge high;
  private final int fractionDigits;
  private final int end;

  private record At(int position, boolean tightLow, boolean tightHigh) {}

  private record Open(int state, At at) {}

  private final Map<At, Integer> states = new HashMap<>();
  private final Deque<Open> open = new ArrayDeque<>();

  /** A bound as digits; position 0 is behind the point. */
  private record Edge(String digits, int whole, int lastNonZero, boolean exclusive) {
    static Edge of(BigDecimal bound, boolean exclusive, int fractionDigits) {
      String digits =
          bound.setScale(fractionDigits, RoundingMode.UNNECESSARY).unscaledValue().toString();
      digits = "0".repeat(Math.max(0, fractionDigits + 1 - digits.length())) + digits;
      int last = digits.length() - 1;
      while (last >= 0 && digits.charAt(last) == '0') {
        last--;
      }
      int whole = digits.length() - fractionDigits;
      return new Edge(digits, whole, last - whole, exclusive);
    }

    int digit(int position) {
      return digits.charAt(position + whole) - '0';
    }

    boolean isZeroFrom(int position) {
      return lastNonZero < position;
    }
  }

  DecimalRange(
      NetworkBuilder network, NumberBound low, NumberBound high, int fractionDigits, int end) {
    this.network = network;
    this.low = Edge.of(low.value(), low.exclusive(), fractionDigits);
    this.high = Edge.of(high.value(), high.exclusive(), fractionDigits);
    this.fractionDigits = fractionDigits;
    this.end = end;
  }

  /** Reads such a number; the lowest must not be more than the highest. */
  void read(int from) {
    for (int digits = low.whole(); digits <= high.whole(); digits++) {
      At first = new At(-digits, digits == low.whole(), digits == high.whole());
      digits(from, first, digits == 1 ? 0 : 1);
    }
    while (!open.isEmpty()) {
      Open next = open.remove();
      fill(next.state(), next.at());
    }
  }

  private void fill(int state, At at) {
    if (at.position() >= 0 && mayEnd(at)) {
      network.skip(state, end);
    }
    if (at.position() == 0 && fractionDigits > 0) {
      digits(network.read(state, '.'), at, 0);
    } else if (at.position() != 0 && at.position() < fractionDigits) {
      digits(state, at, 0);
    }
  }

  private void digits(int from, At at, int lowest) {
    int least = at.tightLow() ? Math.max(lowest, low.digit(at.position())) : lowest;
    int most = at.tightHigh() ? high.digit(at.position()) : 9;
    for (int digit = least; digit <= most; ) {
      At next = after(at, digit);
      int last = digit;
      while (last < most && after(at, last + 1).equals(next)) {
        last++;
      }
      network.range(from, '0' + digit, '0' + last, state(next));
      digit = last + 1;
    }
  }

  private At after(At at, int digit) {
    return new At(
        at.position() + 1,
        at.tightLow() && digit == low.digit(at.position()),
        at.tightHigh() && digit == high.digit(at.position()));
  }

  private boolean mayEnd(At at) {
    boolean belowLow = at.tightLow() && (!low.isZeroFrom(at.position()) || low.exclusive());
    boolean aboveHigh = at.tightHigh() && high.exclusive() && high.isZeroFrom(at.position());
    return !belowLow && !aboveHigh;
  }

  private int state(At at) {
    return states.computeIfAbsent(
        at,
        key -> {
          int state = network.state();
          open.add(new Open(state, key));
          return state;
        });
  }
}
