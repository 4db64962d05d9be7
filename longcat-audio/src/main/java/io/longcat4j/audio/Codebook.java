package io.longcat4j.audio;

import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;

/**
 * One half of an acoustic codebook: finds the row whose direction is nearest to that of a projected
 * vector, and gives what the row stands for. Of equally near rows it is the first. Immutable and
 * thread-safe.
 */
final class Codebook {
  private static final double SHORTEST = 1e-12;

  private final int size;
  private final int dim;
  private final int latentDim;
  private final float[] projection;
  private final float[] bias;
  private final float[] directions;
  private final float[] meanings;

  private Codebook(int size, int dim, int latentDim, float[] projection, float[] bias, Rows known) {
    this.size = size;
    this.dim = dim;
    this.latentDim = latentDim;
    this.projection = projection;
    this.bias = bias;
    this.directions = known.directions();
    this.meanings = known.meanings();
  }

  private record Rows(float[] directions, float[] meanings) {}

  /**
   * Reads one half.
   *
   * @param prefix of the codebook's tensors
   * @param half {@code a} or {@code b}
   */
  static Codebook read(
      TensorSource source, String prefix, String half, int size, int dim, int latentDim) {
    String in = prefix + "in_proj_" + half;
    String out = prefix + "out_proj_" + half;
    int halfWidth = latentDim / 2;
    float[] projection = WeightNorm.fold(source, in, dim, latentDim, 1);
    float[] bias = finite(source.require(in + ".bias", dim));
    float[] table = finite(source.require(prefix + "codebook_" + half + ".weight", size, dim));
    float[] back = WeightNorm.fold(source, out, halfWidth, dim, 1);
    float[] backBias = finite(source.require(out + ".bias", halfWidth));
    float[] meanings = new float[Math.multiplyExact(size, halfWidth)];
    for (int row = 0; row < size; row++) {
      for (int i = 0; i < halfWidth; i++) {
        double sum = backBias[i];
        for (int j = 0; j < dim; j++) {
          sum += (double) back[i * dim + j] * table[row * dim + j];
        }
        meanings[row * halfWidth + i] = (float) sum;
      }
    }
    float[] directions = new float[table.length];
    for (int row = 0; row < size; row++) {
      double[] values = new double[dim];
      for (int j = 0; j < dim; j++) {
        values[j] = table[row * dim + j];
      }
      unit(values);
      for (int j = 0; j < dim; j++) {
        directions[row * dim + j] = (float) values[j];
      }
    }
    return new Codebook(size, dim, latentDim, projection, bias, new Rows(directions, meanings));
  }

  /** The row nearest to a vector of the latent space. */
  int nearest(float[] latent) {
    double[] query = new double[dim];
    for (int i = 0; i < dim; i++) {
      double sum = bias[i];
      for (int j = 0; j < latentDim; j++) {
        sum += (double) projection[i * latentDim + j] * latent[j];
      }
      query[i] = sum;
    }
    unit(query);
    int nearest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int row = 0; row < size; row++) {
      double distance = 0;
      for (int j = 0; j < dim; j++) {
        double off = query[j] - directions[row * dim + j];
        distance += off * off;
      }
      if (distance < least) {
        least = distance;
        nearest = row;
      }
    }
    return nearest;
  }

  /** Takes what a row stands for away from one half of a vector of the latent space. */
  void subtract(int row, float[] latent, int from) {
    int halfWidth = latentDim / 2;
    for (int i = 0; i < halfWidth; i++) {
      latent[from + i] -= meanings[row * halfWidth + i];
    }
  }

  private static void unit(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    double length = Math.max(SHORTEST, Math.sqrt(squares));
    for (int i = 0; i < values.length; i++) {
      values[i] /= length;
    }
  }

  private static float[] finite(StoredTensor tensor) {
    tensor.requireFinite();
    return tensor.toFloats();
  }
}
