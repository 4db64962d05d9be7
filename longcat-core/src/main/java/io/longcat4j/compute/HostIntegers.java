package io.longcat4j.compute;

import io.longcat4j.tensor.Largest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Numbers that the host makes itself, those of a row when it asks for them. */
final class HostIntegers implements Integers {
  private final ComputeBackend backend;
  private final int most;
  private int count;
  private int[] numbers = {};

  /** Of whose rows the largest are asked for; null where the numbers are there. */
  private @Nullable Readout rows;

  private @Nullable Readout readout;
  private float[] row = {};
  private int[] picks = {};

  HostIntegers(ComputeBackend backend, int most) {
    this.backend = backend;
    this.most = most;
  }

  /** The numbers, if no backend made them. */
  static HostIntegers of(Integers integers) {
    if (integers instanceof HostIntegers known) {
      return known;
    }
    throw new IllegalArgumentException("the integers were made by another backend");
  }

  void largest(Stream stream, Tensor of) {
    if (readout == null || row.length != of.columns()) {
      close();
      readout = backend.allocateReadout(most, of.columns());
      row = new float[of.columns()];
    }
    stream.read(of, readout);
    rows = readout;
    count = of.rows();
  }

  void countPicks(Routing routing, int layers, int tokens, int realExperts) {
    int total = Math.multiplyExact(layers, tokens);
    ExpertRules.countPicks(total, layers, tokens);
    int topK = routing.topK();
    count = 3 * tokens;
    picks = atLeast(picks, Math.multiplyExact(total, topK));
    numbers = atLeast(numbers, count);
    rows = null;
    routing.readIds(total, picks);
    for (int token = 0; token < tokens; token++) {
      int sum = 0;
      int least = Integer.MAX_VALUE;
      int most = 0;
      for (int layer = 0; layer < layers; layer++) {
        int real = real(layer * tokens + token, topK, realExperts);
        sum += real;
        least = Math.min(least, real);
        most = Math.max(most, real);
      }
      numbers[3 * token] = sum;
      numbers[3 * token + 1] = least;
      numbers[3 * token + 2] = most;
    }
  }

  private int real(int decision, int topK, int realExperts) {
    int real = 0;
    for (int i = decision * topK; i < (decision + 1) * topK; i++) {
      real += picks[i] < realExperts ? 1 : 0;
    }
    return real;
  }

  private static int[] atLeast(int[] array, int length) {
    return array.length < length ? new int[length] : array;
  }

  @Override
  public int get(int index) {
    Objects.checkIndex(index, count);
    if (rows == null) {
      return numbers[index];
    }
    rows.row(index, row);
    return Largest.of(row);
  }

  @Override
  public void close() {
    count = 0;
    rows = null;
    if (readout != null) {
      readout.close();
      readout = null;
    }
  }
}
