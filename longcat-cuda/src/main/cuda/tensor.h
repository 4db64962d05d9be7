// Products on tensor cores. Weights are the left operand, 16 rows at once, decoded in registers to
// BF16 exactly; inputs are the right one, 8 rows at once, each a sum of BF16 terms.
//
// Order of additions, the same in every kernel and for any number of rows: steps of 16 columns and
// within them terms go into an accumulator of the tensor core; that of a chunk of 128 columns (of a
// group of 32 for integers) is scaled and added to the sum of its run in F32; the runs of a slice
// are added in order.
#pragma once

#include "tensor_weights.h"

namespace longcat::device {

// Two steps of a tile: low and high are the numbers of the weight's rows, b those of the input's,
// one vector a term.
template <int kTerms>
DEVICE void multiply_pair(float c[4], const u32 low[4], const u32 high[4], const Vector4* b) {
  UNROLL
  for (int step = 0; step < 2; step++) {
    u32 a[4] = {low[2 * step], high[2 * step], low[2 * step + 1], high[2 * step + 1]};
    UNROLL
    for (int term = 0; term < kTerms; term++) multiply_bf16(c, a, b[term].v + 2 * step);
  }
}

// How a row is scaled before it is cut into terms: its largest number becomes two to the exponent.
struct TermScale {
  float half;  // in two factors, since one may be too large
  float rest;
  float factor;  // of what comes out
  bool finite;
};

DEVICE TermScale term_scale(u32 largest_bits, i32 exponent) {
  bool finite = largest_bits < 0x7f800000u;
  i32 scale =
      static_cast<i32>(largest_bits >> 23) > 0 ? static_cast<i32>(largest_bits >> 23) - 127 : -126;
  i32 shift = exponent - scale;
  return {bits_to_float(static_cast<u32>(127 + shift / 2) << 23),
          bits_to_float(static_cast<u32>(127 + shift - shift / 2) << 23),
          bits_to_float(finite ? static_cast<u32>(127 + scale) << 23 : 0x7fc00000u), finite};
}

// The magnitude's bits of the largest number that the eight or fewer warps of a block have seen.
DEVICE u32 largest_of_block(u32 magnitude, u32* of_warps) {
  magnitude = max_lanes(magnitude);
  if (lane() == 0) of_warps[warp()] = magnitude;
  sync_block();
  for (i32 w = 0; w < block_threads() / 32; w++) {
    magnitude = of_warps[w] > magnitude ? of_warps[w] : magnitude;
  }
  return magnitude;
}

// sums += scale * c
DEVICE void add_scaled(float sums[4], const float c[4], const float scales[2]) {
  UNROLL
  for (int i = 0; i < 4; i++) sums[i] = fma_f(scales[i / 2], c[i], sums[i]);
}

// sums += a chunk of the columns of 16 rows of a weight; terms(column, b) gives the input's numbers
// of a lane's place from a column on.
template <int kFormat, int kTerms, class Terms>
DEVICE void add_chunk(const WeightRows<kFormat>& rows, i32 column, const Terms& terms,
                      float sums[4]) {
  constexpr int kWords = Raw<kFormat>::kWords;
  float c[4] = {};
  ROLLED
  for (i32 half = 0; half < 2; half++) {
    u32 raw[2][2 * kWords];
    rows.load_pairs(column, 2 * half, raw);
    UNROLL
    for (int within = 0; within < 2; within++) {
      i32 pair = 2 * half + within;
      u32 low[4];
      u32 high[4];
      expand<kFormat>(raw[0] + within * kWords, low);
      expand<kFormat>(raw[1] + within * kWords, high);
      Vector4 b[kTerms] = {};
      terms(column + pair_column<kFormat>(pair), b);
      multiply_pair<kTerms>(c, low, high, b);
      if ((pair + 1) % Raw<kFormat>::kScaled != 0) continue;
      float scales[2];
      rows.scales(column + (Raw<kFormat>::kScaled == 1 ? 32 * pair : 0), scales);
      add_scaled(sums, c, scales);
      for (int i = 0; i < 4; i++) c[i] = 0;
    }
  }
}

// The factor of a chunk of a row that begins at a vector of E4M3 numbers, of which a chunk has
// eight.
DEVICE float chunk_factor(const TermsView& x, u32 vector, i32 column) {
  return vector == kNoRow ? 0.0f : load(x.factors + (vector / 8 + static_cast<u32>(column / kChunk)));
}

// Four numbers as E4M3.
DEVICE u32 quantised(const float numbers[4], float scale) {
  u32 word = 0;
  UNROLL
  for (int i = 0; i < 4; i++) {
    word |= static_cast<u32>(to_fp8(divide_f(numbers[i], scale))) << 8 * i;
  }
  return word;
}

// c += 64 columns of 16 rows of a weight by eight rows of the input, all of E4M3.
DEVICE void multiply_codes(float c[4], const u32 low[4], const u32 high[4], const Vector4& b) {
  UNROLL
  for (int step = 0; step < 2; step++) {
    u32 a[4] = {low[2 * step], high[2 * step], low[2 * step + 1], high[2 * step + 1]};
    multiply_fp8(c, a, b.v + 2 * step);
  }
}

// sums += c by the scales of the weight's rows and the factors of the input's two.
DEVICE void add_scaled_twice(float sums[4], const float c[4], const float scales[2],
                             const float factors[2]) {
  UNROLL
  for (int i = 0; i < 4; i++) sums[i] = fma_f(scales[i / 2] * factors[i % 2], c[i], sums[i]);
}

// As add_chunk; codes(half) gives a lane its 32 columns of half of a chunk, own is the factor of its
// row.
template <class Codes>
DEVICE void add_chunk_of_codes(const WeightRows<kFp8Both>& rows, i32 column, const Codes& codes,
                               float own, float sums[4]) {
  float c[4] = {};
  UNROLL
  for (int half = 0; half < 2; half++) {
    u32 raw[2][4];
    rows.load_pairs(column, 2 * half, raw);
    multiply_codes(c, raw[0], raw[1], codes(half));
  }
  float factors[2] = {shuffle(own, 8 * lane_part()), shuffle(own, 8 * lane_part() + 4)};
  float scales[2];
  rows.scales(column, scales);
  add_scaled_twice(sums, c, scales, factors);
}

// Of a lane's four results of a tile: the input's row and the weight's, as offsets.
DEVICE i32 result_row(i32 tile, i32 i) { return 8 * tile + 2 * lane_part() + i % 2; }
DEVICE i32 result_output(i32 i) { return lane_row() + 8 * (i / 2); }

struct Run {
  i32 from;  // column
  i32 to;
};

DEVICE i32 run_length(i32 columns) { return (columns / kChunk + kRuns - 1) / kRuns * kChunk; }

DEVICE Run run_of(i32 columns, i32 run) {
  i32 length = run_length(columns);
  return {least(run * length, columns), least((run + 1) * length, columns)};
}

DEVICE i32 run_count(i32 columns) {
  i32 length = run_length(columns);
  return (columns + length - 1) / length;
}

}  // namespace longcat::device
