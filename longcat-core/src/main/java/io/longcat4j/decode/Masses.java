package io.longcat4j.decode;

/**
 * Probabilities of all ids at a temperature, relative to the likeliest, whose mass is 1. Found in
 * one pass over the logits, with sums of blocks of ids, so that what is looked for afterwards is
 * looked for in one block. Keeps its memory from step to step. Not thread-safe.
 */
final class Masses {
  private static final int BLOCK = 512;

  private double[] masses = {};
  private double[] blocks = {};
  private int size;
  private double total;

  /**
   * Takes the logits of a step.
   *
   * @param logits negative infinity for ids that are ruled out
   * @param highest the largest of them, finite
   * @param temperature above 0
   */
  void fill(float[] logits, float highest, double temperature) {
    size = logits.length;
    int count = (size + BLOCK - 1) / BLOCK;
    if (masses.length < size) {
      masses = new double[size];
      blocks = new double[count];
    }
    total = 0;
    for (int block = 0; block < count; block++) {
      blocks[block] = fillBlock(block, logits, highest, temperature);
      total += blocks[block];
    }
  }

  private double fillBlock(int block, float[] logits, float highest, double temperature) {
    double sum = 0;
    int end = Math.min(size, (block + 1) * BLOCK);
    for (int id = block * BLOCK; id < end; id++) {
      double mass = Exponential.ofNegative(((double) logits[id] - highest) / temperature);
      masses[id] = mass;
      sum += mass;
    }
    return sum;
  }

  double total() {
    return total;
  }

  /**
   * The id at which the masses of all ids before it and its own exceed a number, in the order of
   * ids; where rounding leaves none, the last that has a mass.
   */
  int at(double point) {
    double rest = point;
    int block = 0;
    while ((block + 1) * BLOCK < size && rest >= blocks[block]) {
      rest -= blocks[block++];
    }
    int last = block * BLOCK;
    for (int id = last; id < size; id++) {
      if (masses[id] > 0) {
        last = id;
        rest -= masses[id];
        if (rest < 0) {
          return id;
        }
      }
    }
    while (masses[last] == 0) {
      last--;
    }
    return last;
  }
}
