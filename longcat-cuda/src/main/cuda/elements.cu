// Operations that touch every element once: bytes moved are those of their operands. x of the grid is
// the row, y a run of its columns or a group of them.
#include "decode.h"
#include "device.h"
#include "elements_view.h"
#include "formats.h"
#include "placing.h"
#include "views.h"

namespace longcat::device {

// Calls body for the columns of this block's run.
template <class Body>
DEVICE void each_column(i64 columns, Body body) {
  i64 first = static_cast<i64>(block_index_y()) * kElementColumns;
  i64 last = first + kElementColumns < columns ? first + kElementColumns : columns;
  for (i64 i = first + thread_index(); i < last; i += kElementThreads) body(i);
}

KERNEL void LAUNCH_BOUNDS(kElementThreads, 4) zero_rows(MatrixView into) {
  float* row = into.data + block_index() * into.stride;
  each_column(into.columns, [&](i64 i) { store(row + i, 0.0f); });
}

// Rows of any format, as words of four bytes.
KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    copy_rows(const u8* from, i64 from_row_bytes, u8* into, i64 into_row_bytes, i64 words) {
  auto* source = reinterpret_cast<const u32*>(from + block_index() * from_row_bytes);
  auto* target = reinterpret_cast<u32*>(into + block_index() * into_row_bytes);
  each_column(words, [&](i64 i) { store(target + i, load(source + i)); });
}

KERNEL void LAUNCH_BOUNDS(kElementThreads, 4) add_rows(MatrixView from, MatrixView into) {
  const float* source = from.data + block_index() * from.stride;
  float* target = into.data + block_index() * into.stride;
  each_column(into.columns, [&](i64 i) { store(target + i, load(target + i) + load(source + i)); });
}

// Whole subtrees are joined as soon as both halves are there, the rest from the last one on.
DEVICE float joined(const Partials& partials, i64 row, i64 column) {
  float sums[5];
  i32 depth = 0;
  for (i32 i = 0; i < partials.count; i++) {
    float sum = load(partials.data[i] + row * partials.strides[i] + column);
    for (i32 done = i; done % 2 != 0; done /= 2) sum = sums[--depth] + sum;
    sums[depth++] = sum;
  }
  float sum = sums[--depth];
  while (depth > 0) sum = sums[--depth] + sum;
  return sum;
}

KERNEL void LAUNCH_BOUNDS(kElementThreads, 4) join_rows(Partials partials, MatrixView into) {
  i64 row = block_index();
  each_column(into.columns, [&](i64 i) {
    store(into.data + row * into.stride + i, joined(partials, row, i));
  });
}

// Without ids the first entry for every row.
KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    add_embeddings(WeightView table, const i32* ids, MatrixView into) {
  i32 id = ids == nullptr ? 0 : load(ids + block_index());
  if (id < 0) return;
  float* target = into.data + block_index() * into.stride;
  each_column(into.columns, [&](i64 i) {
    store(target + i, load(target + i) + weight_number(table, id, static_cast<i32>(i)));
  });
}

KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    rms_norm(MatrixView x, WeightView gain, float epsilon, float scale, MatrixView into) {
  const float* source = x.data + block_index() * x.stride;
  norm_row(source, x.columns, squares_of(source, x.columns), gain, epsilon, scale,
           into.data + block_index() * into.stride);
}

// x += first, x += second, where there is one, and then the norm. A thread reads again what it wrote.
KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    add_norm(MatrixView first, MatrixView second, MatrixView x, WeightView gain, float epsilon,
             float scale, MatrixView into) {
  float* row = x.data + block_index() * x.stride;
  double squares = 0;
  for (i64 i = thread_index(); i < x.columns; i += kElementThreads) {
    float number = load(row + i) + load(first.data + block_index() * first.stride + i);
    if (second.data != nullptr) number += load(second.data + block_index() * second.stride + i);
    store(row + i, number);
    double wide = number;
    squares = fma_d(wide, wide, squares);
  }
  norm_row(row, x.columns, squares, gain, epsilon, scale,
           into.data + block_index() * into.stride);
}

DEVICE float* end_of_group(const MatrixView& x, i32 groups, i32 group) {
  return x.data + block_index() * x.stride + (group + 1) * (x.columns / groups);
}

// A block a row and group.
KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    rotate_rows(MatrixView x, RotaryView rotary, PlanView plan) {
  rotate_group(end_of_group(x, rotary.groups, block_index_y()), rotary,
               load(&plan.rows[block_index()].position));
}

KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    scatter_rows(MatrixView from, PlanView plan, RowsView cache) {
  scatter_row(from.data + block_index() * from.stride, from.columns, cache,
              load(&plan.rows[block_index()].slot));
}

// Queries are rotated, a block a row and group; another block a row norms its latent, rotates the key
// behind it, and caches both.
KERNEL void LAUNCH_BOUNDS(kElementThreads, 4)
    place_rows(MatrixView queries, MatrixView rows, i64 latent, WeightView gain, float epsilon,
               float scale, RotaryView rotary, PlanView plan, RowsView cache) {
  double position = load(&plan.rows[block_index()].position);
  if (block_index_y() < rotary.groups) {
    rotate_group(end_of_group(queries, rotary.groups, block_index_y()), rotary, position);
    return;
  }
  place_row(rows, block_index(), {latent, gain, epsilon, scale}, rotary, plan, cache);
}

}  // namespace longcat::device
