// Linear maps: every item of work is a tile of the weight's rows over all rows of the input.
#include "context.h"
#include "longcat_cpu.h"
#include "tile.h"

namespace longcat {

namespace {

struct Output {
  float* base;
  int64_t stride;
};

int32_t linear(Context& context, const Weight& weight, const Weight* bias, const FloatRows& x,
               Output into, int64_t rows) {
  int64_t total_floats = Products::total_floats(rows);
  int64_t slices = weight.slice_count();
  Inputs inputs(context, weight.columns, rows, slices);
  inputs.add(weight);
  if (!context.reserve_per_thread(Products::bytes(weight.columns) +
                                  Products::slice_bytes(slices, rows) +
                                  Scratch::bytes<float>(total_floats)) ||
      !context.shared.reserve(Scratch::bytes<float>(weight.rows) + inputs.bytes())) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  inputs.arrange(x, context.shared.take<char>(inputs.bytes()));
  float* addend = nullptr;
  if (bias != nullptr) {
    addend = context.shared.take<float>(weight.rows);
    decode_row(*context.kernels, *bias, 0, addend);
  }
  FloatRows arranged = inputs.of(weight);
  Tiling tiling(weight.rows, 1, context.pool.threads());
  context.run(tiling.count(), weight.rows * weight.columns * rows, [&](int64_t item, int thread) {
    Scratch& scratch = context.scratch(thread);
    Products products(context, weight.columns, scratch);
    products.take_slices(slices, rows, scratch);
    float* totals = scratch.take<float>(total_floats);
    int64_t from = tiling.first(item);
    int64_t size = tiling.size(item);
    each_total(rows, [&](int64_t first, int64_t count) {
      products.compute_slices(weight, from, size, arranged, first, count, totals);
      for (int64_t r = 0; r < count; r++) {
        float* target = into.base + (first + r) * into.stride + from;
        const float* total = totals + r * kTileRows;
        for (int64_t i = 0; i < size; i++) {
          target[i] = total[i] + (addend != nullptr ? addend[from + i] : 0);
        }
      }
    });
  });
  return LONGCAT_OK;
}

int32_t gated_linear(Context& context, const Weight& gate, const Weight& up, const FloatRows& x,
                     Output into, int64_t rows) {
  int64_t total_floats = Products::total_floats(rows);
  Inputs inputs(context, gate.columns, rows);
  inputs.add(gate);
  inputs.add(up);
  if (!context.reserve_per_thread(Products::bytes(gate.columns) +
                                  2 * Scratch::bytes<float>(total_floats)) ||
      !context.shared.reserve(inputs.bytes())) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  inputs.arrange(x, context.shared.take<char>(inputs.bytes()));
  Tiling tiling(gate.rows, 1, context.pool.threads());
  int64_t work = 2 * gate.rows * gate.columns * rows;
  context.run(tiling.count(), work, [&](int64_t item, int thread) {
    Scratch& scratch = context.scratch(thread);
    Products products(context, gate.columns, scratch);
    float* gates = scratch.take<float>(total_floats);
    float* ups = scratch.take<float>(total_floats);
    int64_t from = tiling.first(item);
    int64_t size = tiling.size(item);
    each_total(rows, [&](int64_t first, int64_t count) {
      products.compute(gate, from, size, inputs.of(gate), first, count, gates);
      products.compute(up, from, size, inputs.of(up), first, count, ups);
      for (int64_t r = 0; r < count; r++) {
        context.kernels->gate(gates + r * kTileRows, ups + r * kTileRows, size,
                              into.base + (first + r) * into.stride + from);
      }
    });
  });
  return LONGCAT_OK;
}

}  // namespace

}  // namespace longcat

using longcat::FloatRows;
using longcat::Weight;

extern "C" int32_t longcat_linear(int64_t context, int64_t weight, int64_t bias, int64_t x,
                                  int64_t x_columns, int64_t x_stride, int64_t into,
                                  int64_t into_columns, int64_t into_stride,
                                  int64_t rows) noexcept {
  const Weight& w = longcat::weight_at(weight);
  const Weight* b = bias == 0 ? nullptr : &longcat::weight_at(bias);
  if (x_columns != w.columns || into_columns != w.rows || (b && b->columns != w.rows)) {
    return LONGCAT_MISFIT;
  }
  if (rows == 0) return LONGCAT_OK;
  return longcat::linear(longcat::context_at(context), w, b,
                         FloatRows{longcat::floats_at(x), x_stride, nullptr},
                         {longcat::floats_at(into), into_stride}, rows);
}

extern "C" int32_t longcat_gated_linear(int64_t context, int64_t gate, int64_t up, int64_t x,
                                        int64_t x_columns, int64_t x_stride, int64_t into,
                                        int64_t into_columns, int64_t into_stride,
                                        int64_t rows) noexcept {
  const Weight& g = longcat::weight_at(gate);
  const Weight& u = longcat::weight_at(up);
  if (x_columns != g.columns || into_columns != g.rows || g.rows != u.rows ||
      g.columns != u.columns) {
    return LONGCAT_MISFIT;
  }
  if (rows == 0) return LONGCAT_OK;
  return longcat::gated_linear(longcat::context_at(context), g, u,
                               FloatRows{longcat::floats_at(x), x_stride, nullptr},
                               {longcat::floats_at(into), into_stride}, rows);
}
