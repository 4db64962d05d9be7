package io.longcat4j.cuda;

import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations on every number of tensors, or on their rows, queued on a stream. */
final class CudaElements {
  private final CudaContext context;
  private final long handle;

  CudaElements(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  void zero(Tensor into) {
    try (CudaContext.Turn turn = context.begin("zero")) {
      turn.end(
          CudaCalls.zero(handle, turn.at(into), into.rows(), into.columns(), turn.stride(into)));
    }
  }

  void copy(Tensor from, Tensor into) {
    ShapeRules.copy(from, into);
    try (CudaContext.Turn turn = context.begin("copy")) {
      turn.end(
          CudaCalls.copy(
              handle,
              turn.at(from),
              turn.rowBytes(from),
              turn.at(into),
              turn.rowBytes(into),
              into.rows(),
              into.columns(),
              Formats.code(into.format())));
    }
  }

  void add(Tensor from, Tensor into) {
    ShapeRules.same("add", from, into);
    try (CudaContext.Turn turn = context.begin("add")) {
      turn.end(
          CudaCalls.add(
              handle,
              turn.at(from),
              turn.stride(from),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  void join(List<Tensor> partials, Tensor into) {
    ShapeRules.join(partials, into);
    try (CudaContext.Turn turn = context.begin("join")) {
      long[] views = new long[2 * partials.size()];
      for (int i = 0; i < partials.size(); i++) {
        views[2 * i] = turn.at(partials.get(i));
        views[2 * i + 1] = turn.stride(partials.get(i));
      }
      turn.end(
          CudaCalls.join(
              handle,
              views,
              partials.size(),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  void addEmbeddings(Weight table, int[] ids, Tensor into) {
    ShapeRules.addEmbeddings(table, ids, into);
    try (CudaContext.Turn turn = context.begin("addEmbeddings")) {
      turn.end(
          CudaCalls.addEmbeddings(
              handle,
              turn.at(table),
              ids,
              ids.length,
              turn.at(into),
              into.columns(),
              turn.stride(into)));
    }
  }

  void addVector(Weight vector, Tensor into) {
    ShapeRules.addVector(vector, into);
    try (CudaContext.Turn turn = context.begin("addVector")) {
      turn.end(
          CudaCalls.addVector(
              handle,
              turn.at(vector),
              turn.at(into),
              into.rows(),
              into.columns(),
              turn.stride(into)));
    }
  }

  void scatter(Tensor from, RowPlan plan, Tensor cache) {
    CudaPlan rows = CudaPlan.of(plan, context);
    PlanRules.scatter(from, rows.rows(), rows.slots(), cache);
    try (CudaContext.Turn turn = context.begin("scatter")) {
      turn.end(
          CudaCalls.scatter(
              handle,
              turn.at(from),
              turn.stride(from),
              from.rows(),
              rows.handle(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              cache.columns()));
    }
  }

  void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    ShapeRules.rmsNorm(x, gain, into);
    try (CudaContext.Turn turn = context.begin("rmsNorm")) {
      turn.end(
          CudaCalls.rmsNorm(
              handle,
              turn.at(x),
              turn.stride(x),
              turn.at(gain),
              epsilon,
              scale,
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  void addNorm(
      Tensor first,
      @Nullable Tensor second,
      Tensor x,
      Weight gain,
      float epsilon,
      float scale,
      Tensor into) {
    ShapeRules.same("addNorm", first, x);
    if (second != null) {
      ShapeRules.same("addNorm", second, x);
    }
    ShapeRules.rmsNorm(x, gain, into);
    try (CudaContext.Turn turn = context.begin("addNorm")) {
      turn.end(
          CudaCalls.addNorm(
              handle,
              turn.at(first),
              turn.stride(first),
              second == null ? 0 : turn.at(second),
              second == null ? 0 : turn.stride(second),
              turn.at(x),
              turn.stride(x),
              turn.at(gain),
              epsilon,
              scale,
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }
}
