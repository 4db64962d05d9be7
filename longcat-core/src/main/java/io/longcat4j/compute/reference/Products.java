package io.longcat4j.compute.reference;

import org.jspecify.annotations.Nullable;

/** Products of rows with weights, one weight row at a time. */
final class Products {
  private Products() {}

  static double dot(float[] weightRow, ReferenceTensor x, int row) {
    return dot(weightRow, x, row, 0, weightRow.length);
  }

  /** Over the columns from one to another. */
  private static double dot(float[] weightRow, ReferenceTensor x, int row, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) weightRow[i] * x.get(row, i);
    }
    return sum;
  }

  static double dot(float[] weightRow, double[] x) {
    return dot(weightRow, x, 0, weightRow.length);
  }

  /** Over the columns from one to another. */
  static double dot(float[] weightRow, double[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += weightRow[i] * x[i];
    }
    return sum;
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static void linear(
      ReferenceWeight weight,
      @Nullable ReferenceWeight bias,
      ReferenceTensor x,
      ReferenceTensor into) {
    float[] addend = bias == null ? new float[weight.rows()] : bias.row(0);
    for (int output = 0; output < weight.rows(); output++) {
      float[] weightRow = weight.row(output);
      for (int row = 0; row < x.rows(); row++) {
        into.set(row, output, sum(weightRow, weight.slices(), x, row, addend[output]));
      }
    }
  }

  private static float sum(
      float[] weightRow, int slices, ReferenceTensor x, int row, float addend) {
    if (slices == 1) {
      return (float) (dot(weightRow, x, row) + addend);
    }
    int width = weightRow.length / slices;
    float[] sums = new float[slices];
    for (int s = 0; s < slices; s++) {
      sums[s] = (float) dot(weightRow, x, row, s * width, (s + 1) * width);
    }
    return SumTree.join(sums) + addend;
  }

  static void gatedLinear(
      ReferenceWeight gate, ReferenceWeight up, ReferenceTensor x, ReferenceTensor into) {
    for (int output = 0; output < gate.rows(); output++) {
      float[] gateRow = gate.row(output);
      float[] upRow = up.row(output);
      for (int row = 0; row < x.rows(); row++) {
        into.set(row, output, (float) (silu(dot(gateRow, x, row)) * dot(upRow, x, row)));
      }
    }
  }
}
