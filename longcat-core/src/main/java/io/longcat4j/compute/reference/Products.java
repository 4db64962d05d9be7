package io.longcat4j.compute.reference;

import org.jspecify.annotations.Nullable;

/** Products of rows with weights, one weight row at a time. */
final class Products {
  private Products() {}

  static double dot(float[] weightRow, ReferenceTensor x, int row) {
    double sum = 0;
    for (int i = 0; i < weightRow.length; i++) {
      sum += (double) weightRow[i] * x.get(row, i);
    }
    return sum;
  }

  static double dot(float[] weightRow, double[] x) {
    double sum = 0;
    for (int i = 0; i < weightRow.length; i++) {
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
        into.set(row, output, (float) (dot(weightRow, x, row) + addend[output]));
      }
    }
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
