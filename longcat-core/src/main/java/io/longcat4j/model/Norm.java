package io.longcat4j.model;

import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import org.jspecify.annotations.Nullable;

/** RMS normalisation, with a factor folded into its output. */
record Norm(Weight gain, float epsilon, float scale) {
  void apply(Stream stream, Tensor x, Tensor into) {
    stream.rmsNorm(x, gain, epsilon, scale, into);
  }

  /** After adding one or two branches to {@code x}. */
  void addAndApply(Stream stream, Tensor branch, @Nullable Tensor other, Tensor x, Tensor into) {
    stream.addNorm(branch, other, x, gain, epsilon, scale, into);
  }

  /** Before a linear map; {@code x} holds nothing of use afterwards. */
  void applyAndMap(Stream stream, Tensor x, Weight map, Tensor into) {
    stream.normLinear(x, gain, epsilon, scale, map, into);
  }

  /** To latents, which are then cached and attended to by the queries. */
  void placeAndAttend(
      Stream stream,
      Tensor queries,
      HeadLayout layout,
      LatentRows rows,
      Rotary rotary,
      RowPlan plan,
      Tensor cache,
      Weight keyValueUp,
      Tensor into) {
    stream.placeAndAttend(
        queries, layout, rows, gain, epsilon, scale, rotary, plan, cache, keyValueUp, into);
  }

  /** To latents, which are then cached, and queries made ready for them. */
  void place(
      Stream stream,
      Tensor queries,
      int heads,
      LatentRows rows,
      Rotary rotary,
      RowPlan plan,
      Tensor cache) {
    stream.place(queries, heads, rows, gain, epsilon, scale, rotary, plan, cache);
  }
}
