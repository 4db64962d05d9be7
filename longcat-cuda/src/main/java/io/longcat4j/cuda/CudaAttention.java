package io.longcat4j.cuda;

import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;

/** Positions, cached rows and attention over them, queued on a stream. */
final class CudaAttention {
  private final CudaContext context;
  private final Frequencies frequencies;
  private final long handle;

  CudaAttention(CudaContext context, Frequencies frequencies, long handle) {
    this.context = context;
    this.frequencies = frequencies;
    this.handle = handle;
  }

  void rotate(Tensor x, int groups, Rotary rotary, RowPlan plan) {
    CudaPlan rows = CudaPlan.of(plan, context);
    PlanRules.rotate(x, groups, rotary, rows.rows());
    CudaMemory pairs = frequencies.of(rotary.inverseFrequencies());
    try (CudaContext.Turn turn = context.begin("rotate")) {
      turn.end(
          CudaCalls.rotate(
              handle,
              turn.at(x),
              x.rows(),
              x.columns(),
              turn.stride(x),
              groups,
              pairs.address(),
              rotary.inverseFrequencies().length,
              rotary.magnitude(),
              rows.handle()));
    }
  }

  void place(
      Tensor queries,
      int heads,
      LatentRows rows,
      Weight gain,
      float epsilon,
      float scale,
      Rotary rotary,
      RowPlan plan,
      Tensor cache) {
    CudaPlan planned = CudaPlan.of(plan, context);
    checkPlaced(queries, heads, rows, gain, rotary, planned, cache);
    CudaMemory pairs = frequencies.of(rotary.inverseFrequencies());
    try (CudaContext.Turn turn = context.begin("place")) {
      turn.end(
          CudaCalls.place(
              handle,
              turn.at(queries),
              queries.columns(),
              turn.stride(queries),
              heads,
              turn.at(rows.all()),
              turn.stride(rows.all()),
              rows.latents().columns(),
              turn.at(gain),
              epsilon,
              scale,
              pairs.address(),
              rotary.inverseFrequencies().length,
              rotary.magnitude(),
              queries.rows(),
              planned.handle(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              cache.columns()));
    }
  }

  void latentAttention(
      Tensor queries, Weight kvB, HeadLayout layout, Tensor cache, RowPlan plan, Tensor into) {
    CudaPlan rows = CudaPlan.of(plan, context);
    PlanRules.latentAttention(queries, kvB, layout, cache, rows.rows(), rows.slots(), into);
    try (CudaContext.Turn turn = context.begin("latentAttention")) {
      turn.end(
          CudaCalls.attention(
              handle,
              turn.at(kvB),
              layout.heads(),
              layout.nope(),
              layout.rope(),
              layout.latent(),
              layout.value(),
              layout.scale(),
              turn.at(queries),
              turn.stride(queries),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              rows.handle()));
    }
  }

  void placeAndAttend(
      Tensor queries,
      HeadLayout layout,
      LatentRows rows,
      Weight gain,
      float epsilon,
      float scale,
      Rotary rotary,
      RowPlan plan,
      Tensor cache,
      Weight kvB,
      Tensor into) {
    CudaPlan planned = CudaPlan.of(plan, context);
    checkPlaced(queries, layout.heads(), rows, gain, rotary, planned, cache);
    PlanRules.latentAttention(queries, kvB, layout, cache, planned.rows(), planned.slots(), into);
    CudaMemory pairs = frequencies.of(rotary.inverseFrequencies());
    try (CudaContext.Turn turn = context.begin("placeAndAttend")) {
      turn.end(
          CudaCalls.placeAndAttend(
              handle,
              turn.at(kvB),
              layout.heads(),
              layout.nope(),
              layout.rope(),
              layout.latent(),
              layout.value(),
              layout.scale(),
              turn.at(queries),
              turn.stride(queries),
              turn.at(rows.all()),
              turn.stride(rows.all()),
              turn.at(gain),
              epsilon,
              scale,
              pairs.address(),
              rotary.inverseFrequencies().length,
              rotary.magnitude(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              planned.handle()));
    }
  }

  private static void checkPlaced(
      Tensor queries,
      int heads,
      LatentRows rows,
      Weight gain,
      Rotary rotary,
      CudaPlan plan,
      Tensor cache) {
    PlanRules.rotate(queries, heads, rotary, plan.rows());
    PlanRules.rotate(rows.keys(), 1, rotary, plan.rows());
    ShapeRules.rmsNorm(rows.latents(), gain, rows.latents());
    PlanRules.scatter(rows.all(), plan.rows(), plan.slots(), cache);
  }
}
