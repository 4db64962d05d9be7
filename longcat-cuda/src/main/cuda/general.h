// Products with weights of any format and shape, in F32 throughout. The columns of a slice are
// summed in units of four, unit u by lane u % 32, and the lanes' sums by pairs: an order that
// depends on the slice's length alone, so that a row has the same bits in any company.
#pragma once

#include "decode.h"
#include "ordering.h"
#include "tensor_view.h"

namespace longcat::device {

constexpr i32 kGeneralRows = 8;   // of the input at once
constexpr i32 kGeneralWarps = 8;  // outputs of a block
constexpr i32 kGeneralThreads = 32 * kGeneralWarps;
constexpr i32 kGeneralColumns = 512;  // staged at once
constexpr i32 kGeneralStaged = kGeneralRows * kGeneralColumns;

// What inputs become before they are multiplied.
enum Rounding : int {
  kAsIs = 0,
  kToBf16 = 1,
  kToFp8 = 2,  // with a scale for every kChunk columns of a slice
};

struct InputRows {
  const float* data;
  i64 stride;
  i32 count;          // at most kGeneralRows
  const i32* chosen;  // in shared memory: which rows; null: the first ones
  i32 rounding;
};

DEVICE float input_number(const InputRows& x, i32 index, i32 column) {
  i64 row = x.chosen == nullptr ? index : x.chosen[index];
  float number = load(x.data + row * x.stride + column);
  return x.rounding == kToBf16 ? from_bf16(to_bf16(number)) : number;
}

// Zeros up to the next multiple of four columns.
DEVICE void stage_inputs(const InputRows& x, i32 from, i32 width, float* staged) {
  i32 whole = (width + 3) / 4 * 4;
  for (i32 row = 0; row < x.count; row++) {
    for (i32 column = thread_index(); column < whole; column += kGeneralThreads) {
      float number = column < width ? input_number(x, row, from + column) : 0.0f;
      staged[row * kGeneralColumns + column] = number;
    }
  }
}

// Rounds what is staged to E4M3 numbers times the scale of their columns.
DEVICE void quantise_staged(i32 rows, i32 width, float* staged) {
  i32 blocks = (width + kChunk - 1) / kChunk;
  for (i32 item = warp(); item < rows * blocks; item += kGeneralWarps) {
    i32 first = item % blocks * kChunk;
    float* own = staged + item / blocks * kGeneralColumns + first;
    i32 count = least(kChunk, width - first);
    u32 magnitude = 0;
    for (i32 i = lane(); i < count; i += 32) {
      u32 bits = float_to_bits(own[i]) & 0x7fffffffu;
      magnitude = bits > magnitude ? bits : magnitude;
    }
    float scale = fp8_scale(max_lanes(magnitude));
    for (i32 i = lane(); i < count; i += 32) {
      own[i] = from_fp8(to_fp8(divide_f(own[i], scale))) * scale;
    }
  }
}

// sums[r] = columns [from, from + columns) of a row of the weight by those of input row r, for each
// warp's output. All threads of the block call it; a negative output only helps to stage.
DEVICE void general_sums(const WeightView& w, i32 output, i32 from, i32 columns, const InputRows& x,
                         float* staged, float sums[kGeneralRows]) {
  UNROLL
  for (int r = 0; r < kGeneralRows; r++) sums[r] = 0;
  for (i32 first = from; first < from + columns; first += kGeneralColumns) {
    i32 rest = from + columns - first;
    i32 width = rest < kGeneralColumns ? rest : kGeneralColumns;
    sync_block();
    stage_inputs(x, first, width, staged);
    sync_block();
    if (x.rounding == kToFp8) {
      quantise_staged(x.count, width, staged);
      sync_block();
    }
    if (output < 0) continue;
    for (i32 column = 4 * lane(); column < width; column += 128) {
      float numbers[4];
      weight_numbers(w, output, first + column, width - column < 4 ? width - column : 4, numbers);
      UNROLL
      for (int r = 0; r < kGeneralRows; r++) {
        const float* source = staged + r * kGeneralColumns + column;
        UNROLL
        for (int i = 0; i < 4; i++) sums[r] = fma_f(numbers[i], source[i], sums[r]);
      }
    }
  }
  UNROLL
  for (int r = 0; r < kGeneralRows; r++) {
    if (r < x.count) sums[r] = sum_lanes(sums[r]);
  }
}

DEVICE float silu_times(float gate, float up) { return divide_f(gate, 1.0f + exp_f(-gate)) * up; }

// Sums that wait for others while up to 2^16 are joined.
constexpr i32 kTreeDepth = 17;

// Joins as many sums as a power of two by a binary tree; next(i) gives that of slice i. A thread's
// waiting sums lie step apart.
template <class Next>
DEVICE float join_tree(i32 count, float* waiting, i32 step, const Next& next) {
  i32 depth = 0;
  float sum = 0;
  for (i32 i = 0; i < count; i++) {
    sum = next(i);
    for (i32 rest = i + 1; rest % 2 == 0; rest /= 2) sum = waiting[--depth * step] + sum;
    waiting[depth++ * step] = sum;
  }
  return sum;
}

}  // namespace longcat::device
