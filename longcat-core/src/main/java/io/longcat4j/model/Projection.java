package io.longcat4j.model;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import org.jspecify.annotations.Nullable;

/** A linear map with or without bias. */
record Projection(Weight weight, @Nullable Weight bias) {
  void apply(Stream stream, Tensor x, Tensor into) {
    stream.linear(weight, bias, x, into);
  }

  /** This one and another one of the same input. */
  void applyWith(Stream stream, Tensor x, Tensor into, Projection other, Tensor otherInto) {
    stream.linearPair(weight, bias, into, other.weight, other.bias, otherInto, x);
  }
}
