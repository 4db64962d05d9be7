// Dense products over weights of any format. Floor: the weight's bytes for every eight rows, inputs
// and outputs once.
#include "general.h"

namespace longcat::device {

// Blocks of eight outputs of a slice by eight rows. Sliced weights leave one sum a slice in
// partials, [slice][row][output], for join_slices; others write into.
KERNEL void LAUNCH_BOUNDS(256, 2) linear_any(WeightView w, WeightView bias, MatrixView x,
                                             MatrixView into, float* partials, i32 rounding) {
  SHARED(float, staged, kGeneralStaged);
  i32 outputs = static_cast<i32>(w.rows);
  i32 tiles = (outputs + kGeneralWarps - 1) / kGeneralWarps;
  i32 slice = block_index() / tiles;
  i32 output = block_index() % tiles * kGeneralWarps + warp();
  i64 first = block_index_y() * kGeneralRows;
  i32 count = static_cast<i32>(x.rows - first < kGeneralRows ? x.rows - first : kGeneralRows);
  i32 columns = static_cast<i32>(w.columns) / w.slices;
  InputRows rows = {x.data + first * x.stride, x.stride, count, nullptr, rounding};
  float sums[kGeneralRows];
  general_sums(w, output < outputs ? output : -1, slice * columns, columns, rows, staged, sums);
  if (output >= outputs || lane() != 0) return;
  float added = bias.data != nullptr ? weight_number(bias, 0, output) : -0.0f;
  UNROLL
  for (int r = 0; r < kGeneralRows; r++) {
    if (r >= count) continue;
    if (w.slices > 1) {
      store(partials + (slice * x.rows + first + r) * w.rows + output, sums[r]);
    } else {
      store(into.data + (first + r) * into.stride + output, sums[r] + added);
    }
  }
}

// into = silu(x gate^T) * (x up^T)
KERNEL void LAUNCH_BOUNDS(256, 2) gated_any(WeightView gate, WeightView up, MatrixView x,
                                            MatrixView into, i32 gate_rounding, i32 up_rounding) {
  SHARED(float, staged, kGeneralStaged);
  i32 output = block_index() * kGeneralWarps + warp();
  i64 first = block_index_y() * kGeneralRows;
  i32 count = static_cast<i32>(x.rows - first < kGeneralRows ? x.rows - first : kGeneralRows);
  i32 columns = static_cast<i32>(gate.columns);
  i32 mine = output < gate.rows ? output : -1;
  InputRows rows = {x.data + first * x.stride, x.stride, count, nullptr, gate_rounding};
  float gates[kGeneralRows];
  general_sums(gate, mine, 0, columns, rows, staged, gates);
  rows.rounding = up_rounding;
  float ups[kGeneralRows];
  general_sums(up, mine, 0, columns, rows, staged, ups);
  if (mine < 0 || lane() != 0) return;
  UNROLL
  for (int r = 0; r < kGeneralRows; r++) {
    if (r >= count) continue;
    store(into.data + (first + r) * into.stride + output, silu_times(gates[r], ups[r]));
  }
}

// into = the tree over the slices of partials [slice][row][column], and the bias.
KERNEL void LAUNCH_BOUNDS(256, 2)
    join_slices(const float* partials, i32 slices, WeightView bias, MatrixView into) {
  SHARED(float, waiting, kTreeDepth * 256);
  i64 numbers = into.rows * into.columns;
  i64 at = static_cast<i64>(block_index()) * 256 + thread_index();
  if (at >= numbers) return;
  float sum = join_tree(slices, waiting + thread_index(), 256,
                        [&](i32 slice) { return load(partials + slice * numbers + at); });
  i64 column = at % into.columns;
  if (bias.data != nullptr) sum += weight_number(bias, 0, static_cast<i32>(column));
  store(into.data + at / into.columns * into.stride + column, sum);
}

}  // namespace longcat::device
