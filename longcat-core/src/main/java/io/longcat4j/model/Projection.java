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
}
