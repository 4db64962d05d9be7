package io.longcat4j.benchmarks;

import java.util.Arrays;

/**
 * Repeated measurements of one thing, in seconds where nothing else is said.
 *
 * @param seconds in rising order; not to be changed
 */
record Sample(double[] seconds) {
  Sample {
    if (seconds.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    seconds = seconds.clone();
    Arrays.sort(seconds);
  }

  int count() {
    return seconds.length;
  }

  double best() {
    return seconds[0];
  }

  double largest() {
    return seconds[seconds.length - 1];
  }

  double median() {
    int middle = seconds.length / 2;
    return seconds.length % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
  }

  /** The smallest measurement that a share of all is not above. */
  double percentile(double share) {
    return seconds[Math.max(0, (int) Math.ceil(share * seconds.length) - 1)];
  }

  double mean() {
    return Arrays.stream(seconds).average().orElseThrow();
  }

  /** Standard deviation of the rates, for `work` units in each measurement. */
  double rateDeviation(double work) {
    if (seconds.length < 2) {
      return 0;
    }
    double mean = meanRate(work);
    double squares =
        Arrays.stream(seconds)
            .map(s -> work / s - mean)
            .map(difference -> difference * difference)
            .sum();
    return Math.sqrt(squares / (seconds.length - 1));
  }

  double meanRate(double work) {
    return Arrays.stream(seconds).map(s -> work / s).average().orElseThrow();
  }
}
