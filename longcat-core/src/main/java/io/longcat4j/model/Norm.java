package io.longcat4j.model;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;

/** RMS normalisation, with a factor folded into its output. */
record Norm(Weight gain, float epsilon, float scale) {
  void apply(Stream stream, Tensor x, Tensor into) {
    stream.rmsNorm(x, gain, epsilon, scale, into);
  }
}
