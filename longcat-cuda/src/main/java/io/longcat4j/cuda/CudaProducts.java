package io.longcat4j.cuda;

import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import org.jspecify.annotations.Nullable;

/** Linear maps, queued on a stream. */
final class CudaProducts {
  private final CudaContext context;
  private final long handle;

  CudaProducts(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    ShapeRules.linear(weight, bias, x, into);
    try (CudaContext.Turn turn = context.begin("linear")) {
      turn.end(
          CudaCalls.linear(
              handle,
              turn.at(weight),
              turn.at(bias),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              turn.at(into),
              into.columns(),
              turn.stride(into),
              into.rows()));
    }
  }

  void linearPair(
      Weight first,
      @Nullable Weight firstBias,
      Tensor firstInto,
      Weight second,
      @Nullable Weight secondBias,
      Tensor secondInto,
      Tensor x) {
    ShapeRules.linear(first, firstBias, x, firstInto);
    ShapeRules.linear(second, secondBias, x, secondInto);
    try (CudaContext.Turn turn = context.begin("linearPair")) {
      turn.end(
          CudaCalls.linearPair(
              handle,
              turn.at(first),
              turn.at(firstBias),
              turn.at(firstInto),
              turn.stride(firstInto),
              turn.at(second),
              turn.at(secondBias),
              turn.at(secondInto),
              turn.stride(secondInto),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              x.rows()));
    }
  }

  void normLinear(Tensor x, Weight gain, float epsilon, float scale, Weight weight, Tensor into) {
    ShapeRules.rmsNorm(x, gain, x);
    ShapeRules.linear(weight, null, x, into);
    try (CudaContext.Turn turn = context.begin("normLinear")) {
      turn.end(
          CudaCalls.normLinear(
              handle,
              turn.at(gain),
              epsilon,
              scale,
              turn.at(weight),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              turn.at(into),
              into.columns(),
              turn.stride(into),
              into.rows()));
    }
  }

  void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    ShapeRules.gatedLinear(gate, up, x, into);
    try (CudaContext.Turn turn = context.begin("gatedLinear")) {
      turn.end(
          CudaCalls.gatedLinear(
              handle,
              turn.at(gate),
              turn.at(up),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              turn.at(into),
              into.columns(),
              turn.stride(into),
              into.rows()));
    }
  }
}
