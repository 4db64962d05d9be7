package io.longcat4j.cuda;

import io.longcat4j.compute.ExpertRules;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;

/** Operations whose results are whole numbers for the host, queued on a stream. */
final class CudaChoices {
  private final CudaContext context;
  private final long handle;

  CudaChoices(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  void largest(Tensor numbers, Integers into) {
    CudaIntegers integers = CudaIntegers.of(into, context);
    integers.require(numbers.rows());
    try (CudaContext.Turn turn = context.begin("largest")) {
      turn.end(
          CudaCalls.largest(
              handle,
              turn.at(numbers),
              numbers.rows(),
              numbers.columns(),
              turn.stride(numbers),
              integers.memory(),
              integers.readout()));
    }
    integers.filled(numbers.rows());
  }

  void countPicks(Routing routing, int layers, int tokens, int realExperts, Integers into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    CudaIntegers integers = CudaIntegers.of(into, context);
    ExpertRules.countPicks(picks.rows(), layers, tokens);
    integers.require(3L * tokens);
    try (CudaContext.Turn turn = context.begin("countPicks")) {
      turn.end(
          CudaCalls.countPicks(
              handle,
              picks.idsAddress(),
              layers,
              tokens,
              picks.topK(),
              realExperts,
              integers.memory(),
              integers.readout()));
    }
    integers.filled(3 * tokens);
  }
}
