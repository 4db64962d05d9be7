// The inputs of products of few rows, which blocks cut into terms themselves: what split_inputs and
// quantise_inputs would leave, in shared memory, some chunks of a warp's columns at a time.
#pragma once

#include "norm.h"
#include "tensor_items.h"

namespace longcat::device {

constexpr i32 kMostFewRows = 8;

// What a block knows of its inputs, in shared memory.
struct FewInputs {
  u32 largest[kMostFewRows][kMostJoined];  // magnitude's bits, of each slice
  float norms[kMostFewRows];               // what rows are multiplied with first
};

DEVICE const float* input_at(const TensorJob& job, const TensorItem& item, i32 row) {
  return job.inputs.data + input_row(job, item, row) * job.inputs.stride;
}

// Those that are normed first are of products that are not gated.
template <bool kGated>
DEVICE float input_number(const TensorJob& job, const FewInputs& known, i32 row, const float* from,
                          i32 column) {
  float number = load(from + column);
  if (kGated || job.inputs.gain.data == nullptr) return number;
  return normed(number, known.norms[row], job.inputs.gain, column);
}

// By all threads of a block: finds what the rows of an item are multiplied with, and how large the
// numbers are in its slices, of which known.largest has the first one at [row][0].
template <int kFormat, bool kGated>
DEVICE void measure_inputs(const TensorJob& job, const TensorItem& item, FewInputs& known) {
  const InputsView& x = job.inputs;
  i32 slices = job.joined != 0 ? job.x.slices : 1;
  u32* first = &known.largest[0][0];
  if (thread_index() < kMostFewRows * kMostJoined) first[thread_index()] = 0;
  ROLLED
  for (i32 row = 0; !kGated && x.gain.data != nullptr && row < item.count; row++) {
    i64 columns = static_cast<i64>(job.x.columns) * job.x.slices;
    double squares = sum_block_double(squares_of(input_at(job, item, row), columns));
    if (thread_index() == 0) known.norms[row] = norm_factor(squares, columns, x.epsilon, x.scale);
  }
  sync_block();
  if constexpr (kFormat == kFp8Both) return;
  ROLLED
  for (i32 row = 0; row < item.count; row++) {
    const float* from = input_at(job, item, row);
    for (i32 slice = 0; slice < slices; slice++) {
      i32 begin = (item.slice + slice) * job.x.columns;
      u32 magnitude = 0;
      for (i32 i = begin + thread_index(); i < begin + job.x.columns; i += 256) {
        u32 bits = float_to_bits(input_number<kGated>(job, known, row, from, i)) & 0x7fffffffu;
        magnitude = bits > magnitude ? bits : magnitude;
      }
      magnitude = max_lanes(magnitude);
      if (lane() == 0) atomic_max(&known.largest[row][slice], magnitude);
    }
  }
  sync_block();
}

// Where a warp has a row of its inputs.
DEVICE u8* staged_row(const TensorJob& job, u8* room, i32 row) { return room + row * job.inputs.pitch; }

// The terms of some chunks of a slice, [term][column]. slice is counted from the item's first one.
template <int kTerms, bool kGated>
DEVICE void stage_terms(const TensorJob& job, const TensorItem& item, const FewInputs& known,
                        i32 slice, i32 column, i32 chunks, u8* room) {
  i32 begin = (item.slice + slice) * job.x.columns + column;
  ROLLED
  for (i32 row = 0; row < item.count; row++) {
    TermScale scale = term_scale(known.largest[row][slice], job.inputs.exponent);
    const float* from = input_at(job, item, row);
    u16* into = reinterpret_cast<u16*>(staged_row(job, room, row));
    for (i32 i = lane(); i < chunks * kChunk; i += 32) {
      float number = input_number<kGated>(job, known, row, from, begin + i);
      number = scale.finite ? number * scale.half * scale.rest : 0.0f;
      UNROLL
      for (int term = 0; term < kTerms; term++) {
        u16 bits = to_bf16(number);
        into[term * job.inputs.chunks * kChunk + i] = bits;
        number -= from_bf16(bits);
      }
    }
  }
}

// Numbers of E4M3 instead, and behind them the factors of chunks.
DEVICE float* staged_factors(const TensorJob& job, u8* row) {
  return reinterpret_cast<float*>(row + job.inputs.chunks * kChunk);
}

template <bool kGated>
DEVICE void stage_codes(const TensorJob& job, const TensorItem& item, const FewInputs& known,
                        i32 slice, i32 column, i32 chunks, u8* room) {
  i32 begin = (item.slice + slice) * job.x.columns + column;
  ROLLED
  for (i32 row = 0; row < item.count; row++) {
    const float* from = input_at(job, item, row);
    u8* into = staged_row(job, room, row);
    for (i32 chunk = 0; chunk < chunks; chunk++) {
      float numbers[4];
      u32 magnitude = 0;
      UNROLL
      for (int i = 0; i < 4; i++) {
        numbers[i] = input_number<kGated>(job, known, row, from, begin + chunk * kChunk + 4 * lane() + i);
        u32 bits = float_to_bits(numbers[i]) & 0x7fffffffu;
        magnitude = bits > magnitude ? bits : magnitude;
      }
      float scale = fp8_scale(max_lanes(magnitude));
      reinterpret_cast<u32*>(into)[chunk * (kChunk / 4) + lane()] = quantised(numbers, scale);
      if (lane() == 0) staged_factors(job, into)[chunk] = scale;
    }
  }
}

}  // namespace longcat::device
