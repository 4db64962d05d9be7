package io.longcat4j.cuda;

import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import org.jspecify.annotations.Nullable;

/** Picking experts, and what they and zero experts add, queued on a stream. */
final class CudaRouter {
  private final CudaContext context;
  private final long handle;

  CudaRouter(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing into) {
    CudaRouting picks = CudaRouting.of(into, context);
    ExpertRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    try (CudaContext.Turn turn = context.begin("route")) {
      turn.end(
          CudaCalls.route(
              handle,
              turn.at(classifier),
              turn.at(bias),
              turn.at(correction),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              x.rows(),
              rule.topK(),
              rule.scalingFactor(),
              rule.normalise() ? 1 : 0,
              picks.idsAddress(),
              picks.weightsAddress()));
    }
    int rows = x.rows();
    context.also(() -> picks.filled(rows));
  }

  void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    CudaExperts group = fitting(picks.rows(), experts, x, into);
    try (CudaContext.Turn turn = context.begin("addExperts")) {
      turn.end(
          CudaCalls.addExperts(
              handle,
              group.handle(),
              firstId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  void mixExperts(
      Routing routing, ExpertGroup experts, int firstId, int firstZeroId, Tensor x, Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    CudaExperts group = fitting(picks.rows(), experts, x, into);
    try (CudaContext.Turn turn = context.begin("mixExperts")) {
      turn.end(
          CudaCalls.mixExperts(
              handle,
              group.handle(),
              firstId,
              firstZeroId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  void routeAndMix(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing routing,
      ExpertGroup experts,
      int firstId,
      int firstZeroId,
      Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    ExpertRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    CudaExperts group = fitting(x.rows(), experts, x, into);
    try (CudaContext.Turn turn = context.begin("routeAndMix")) {
      turn.end(
          CudaCalls.routeAndMix(
              handle,
              turn.at(classifier),
              turn.at(bias),
              turn.at(correction),
              rule.topK(),
              rule.scalingFactor(),
              rule.normalise() ? 1 : 0,
              picks.idsAddress(),
              picks.weightsAddress(),
              group.handle(),
              firstId,
              firstZeroId,
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
    int rows = x.rows();
    context.also(() -> picks.filled(rows));
  }

  private CudaExperts fitting(int routed, ExpertGroup experts, Tensor x, Tensor into) {
    CudaExperts group = CudaExperts.of(experts, context);
    ExpertRules.routed("addExperts", routed, x, into);
    if (group.size() > 0) {
      ExpertRules.expertInput(group.first().gate(), x);
    }
    return group;
  }

  void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    ExpertRules.routed("addZeroExperts", picks.rows(), x, into);
    try (CudaContext.Turn turn = context.begin("addZeroExperts")) {
      turn.end(
          CudaCalls.zeroExperts(
              handle,
              firstZeroId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }
}
