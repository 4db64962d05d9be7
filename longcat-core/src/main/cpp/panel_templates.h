// Products of rows that were decoded before with some rows of inputs.
#pragma once

#include <cstdint>

#include "chunk_templates.h"
#include "slice_templates.h"

namespace longcat {

template <class Simd>
struct PanelKernelsOf {
  using Vec = typename Simd::Vec;
  using Chunks = ChunksOf<Simd>;
  static constexpr int kWidth = Simd::kWidth;
  static constexpr int kWeightRows = Simd::kPanelRows;

  template <int kFormat>
  static void panel(const WeightPanel& weight, const float* const* input, int input_rows,
                    int64_t chunks, int64_t slice, const Totals& totals) {
    static_assert(kInputRows == 6);
    switch (input_rows) {
      case 1:
        return rows<kFormat, 1>(weight, input, chunks, slice, totals);
      case 2:
        return rows<kFormat, 2>(weight, input, chunks, slice, totals);
      case 3:
        return rows<kFormat, 3>(weight, input, chunks, slice, totals);
      case 4:
        return rows<kFormat, 4>(weight, input, chunks, slice, totals);
      case 5:
        return rows<kFormat, 5>(weight, input, chunks, slice, totals);
      default:
        return rows<kFormat, 6>(weight, input, chunks, slice, totals);
    }
  }

 private:
  // Additions for some rows of inputs with those of the weight that go on together.
  template <int kRows>
  using Sums = Vec[kRows][kWeightRows];

  template <int kFormat, int kRows>
  static void rows(const WeightPanel& weight, const float* const* input, int64_t chunks,
                   int64_t slice, const Totals& totals) {
    const float* x[kRows];
    for (int r = 0; r < kRows; r++) x[r] = input[r];
    for (int64_t row = 0; row < weight.rows; row += kWeightRows) {
      SliceSums<kRows, kWeightRows> all;
      int slices = 0;
      for (int64_t first = 0; first < chunks; first += slice, slices++) {
        Sums<kRows> sums;
        add_slice<kFormat>(weight, row, first, first + slice, x, sums);
        Simd::template sums<kRows * kWeightRows>(sums[0], all.of[slices]);
      }
      all.add_to({totals.base + row, totals.stride, totals.start}, slices);
    }
  }

  template <int kFormat, int kRows>
  static void add_slice(const WeightPanel& weight, int64_t row, int64_t chunk, int64_t end,
                        const float* const (&x)[kRows], Sums<kRows>& sums) {
    const float* from = weight.base + row * weight.stride;
    clear(sums);
    if constexpr (Chunks::template scaled<kFormat>()) {
      for (; chunk < end; chunk++) add_scaled<kFormat>(from, weight, row, chunk, x, sums);
    } else {
      add(from, weight.stride, chunk * kChunk, end * kChunk, x, sums);
    }
  }

  template <int kRows>
  static void clear(Sums<kRows>& sums) {
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Simd::set(0);
    }
  }

  // Columns from one to another.
  template <int kRows>
  static void add(const float* weight, int64_t stride, int64_t first, int64_t end,
                  const float* const (&input)[kRows], Sums<kRows>& sums) {
    for (int64_t column = first; column < end; column += kWidth) {
      Vec w[kWeightRows];
      for (int t = 0; t < kWeightRows; t++) w[t] = Simd::load(weight + t * stride + column);
      for (int r = 0; r < kRows; r++) {
        Vec value = Simd::load(input[r] + column);
        // Read once, not once for each row of the weight.
        Simd::keep(value);
        for (int t = 0; t < kWeightRows; t++) sums[r][t] = Simd::fma(w[t], value, sums[r][t]);
      }
    }
  }

  // What the columns of one scale add up to is multiplied with it.
  template <int kFormat, int kRows>
  static void add_scaled(const float* from, const WeightPanel& weight, int64_t row, int64_t chunk,
                         const float* const (&input)[kRows], Sums<kRows>& sums) {
    constexpr int kFold = Simd::template kFold<kFormat>;
    for (int fold = 0; fold < kChunk; fold += kFold) {
      Sums<kRows> part;
      clear(part);
      int64_t first = chunk * kChunk + fold;
      add(from, weight.stride, first, first + kFold, input, part);
      for (int t = 0; t < kWeightRows; t++) {
        Vec scale = Chunks::template scale<kFormat>(
            weight.scales[row + t] + chunk * chunk_scale_bytes(kFormat), fold);
        for (int r = 0; r < kRows; r++) sums[r][t] = Simd::fma(part[r][t], scale, sums[r][t]);
      }
    }
  }
};

}  // namespace longcat
