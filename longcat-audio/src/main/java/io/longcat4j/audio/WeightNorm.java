package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import java.util.Arrays;

/** Weights stored as a length and a direction for each slice of the first axis. */
final class WeightNorm {
  private WeightNorm() {}

  /**
   * {@code g * v / |v|}, slice by slice.
   *
   * @param source the weights
   * @param name of the layer
   * @param dims of the folded weight
   * @return the folded weight, row-major
   */
  static float[] fold(TensorSource source, String name, long... dims) {
    long[] lengths = new long[dims.length];
    Arrays.fill(lengths, 1);
    lengths[0] = dims[0];
    StoredTensor direction = source.require(name + ".weight_v", dims);
    float[] length = source.require(name + ".weight_g", lengths).requireFinite().toFloats();
    float[] weight = direction.toFloats();
    int slice = weight.length / length.length;
    for (int i = 0; i < length.length; i++) {
      scale(weight, i * slice, slice, length[i], direction);
    }
    return weight;
  }

  private static void scale(float[] weight, int from, int count, float length, StoredTensor v) {
    double squares = 0;
    for (int i = from; i < from + count; i++) {
      squares += (double) weight[i] * weight[i];
    }
    double norm = Math.sqrt(squares);
    if (!(norm > 0)) {
      throw new CheckpointException(
          v.file()
              + ": "
              + v.name()
              + " has a direction of length "
              + norm
              + " at element "
              + from
              + "; fetch the file again");
    }
    for (int i = from; i < from + count; i++) {
      weight[i] = (float) (length * (weight[i] / norm));
    }
  }
}
