package io.longcat4j.json;

import java.math.BigInteger;

/** Whole numbers without a sign, between two bounds, without leading zeros. */
final class DigitRanges {
  private final NetworkBuilder network;

  DigitRanges(NetworkBuilder network) {
    this.network = network;
  }

  /**
   * Reads a number from lowest to highest, both at least 0; nothing where they are out of order.
   */
  void read(int from, BigInteger lowest, BigInteger highest, int to) {
    if (lowest.compareTo(highest) > 0) {
      return;
    }
    int mostDigits = highest.toString().length();
    for (int digits = lowest.toString().length(); digits <= mostDigits; digits++) {
      BigInteger first = digits == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(digits - 1);
      BigInteger last = BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
      String low = lowest.max(first).toString();
      String high = highest.min(last).toString();
      between(from, low, high, to);
    }
  }

  /** Numbers of the same length. */
  private void between(int from, String low, String high, int to) {
    if (low.isEmpty()) {
      network.skip(from, to);
      return;
    }
    String zeros = "0".repeat(low.length());
    String nines = "9".repeat(low.length());
    if (low.equals(zeros) && high.equals(nines)) {
      any(from, low.length(), to);
      return;
    }
    char least = low.charAt(0);
    char most = high.charAt(0);
    if (least == most) {
      between(network.read(from, least), low.substring(1), high.substring(1), to);
      return;
    }
    between(network.read(from, least), low.substring(1), nines.substring(1), to);
    between(network.read(from, most), zeros.substring(1), high.substring(1), to);
    if (most - least > 1) {
      int next = network.state();
      network.range(from, least + 1, most - 1, next);
      any(next, low.length() - 1, to);
    }
  }

  private void any(int from, int digits, int to) {
    int at = from;
    for (int i = 0; i < digits; i++) {
      int next = network.state();
      network.range(at, '0', '9', next);
      at = next;
    }
    network.skip(at, to);
  }
}
