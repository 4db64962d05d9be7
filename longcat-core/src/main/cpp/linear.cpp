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
  if (!context.reserve_per_thread(Scratch::bytes<float>(tile_floats(weight))) ||
      !context.shared.reserve(Scratch::bytes<float>(weight.rows))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  float* addend = nullptr;
  if (bias != nullptr) {
    addend = context.shared.take<float>(weight.rows);
    decode_row(*context.kernels, *bias, 0, addend);
  }
  context.pool.run(tiles(weight.rows), [&](int64_t item, int thread) {
    Scratch& scratch = context.per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    int64_t from = item * kTileRows;
    Tile tile(*context.kernels, weight, from, weight.rows, rows,
              scratch.take<float>(tile_floats(weight)));
    each_input(x, rows, [&](int64_t first, int count, const float* const* input) {
      float out[kInputRows * kTileRows];
      tile.apply(input, count, out);
      for (int r = 0; r < count; r++) {
        float* target = into.base + (first + r) * into.stride + from;
        for (int64_t i = 0; i < tile.count(); i++) {
          target[i] = out[r * kTileRows + i] + (addend != nullptr ? addend[from + i] : 0);
        }
      }
    });
  });
  return LONGCAT_OK;
}

int32_t gated_linear(Context& context, const Weight& gate, const Weight& up, const FloatRows& x,
                     Output into, int64_t rows) {
  if (!context.reserve_per_thread(2 * Scratch::bytes<float>(tile_floats(gate)))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  context.pool.run(tiles(gate.rows), [&](int64_t item, int thread) {
    Scratch& scratch = context.per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    int64_t from = item * kTileRows;
    Tile gates(*context.kernels, gate, from, gate.rows, rows,
               scratch.take<float>(tile_floats(gate)));
    Tile ups(*context.kernels, up, from, gate.rows, rows, scratch.take<float>(tile_floats(up)));
    each_input(x, rows, [&](int64_t first, int count, const float* const* input) {
      float g[kInputRows * kTileRows];
      float u[kInputRows * kTileRows];
      gates.apply(input, count, g);
      ups.apply(input, count, u);
      for (int r = 0; r < count; r++) {
        context.kernels->gate(g + r * kTileRows, u + r * kTileRows, gates.count(),
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
