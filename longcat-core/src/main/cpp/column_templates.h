// Products of rows that were decoded before, turned so that the numbers of a column lie side by side:
// lanes are rows of the weight, and adding up what products keep in lanes takes no shuffles.
#pragma once

#include <cstdint>

#include "chunk_templates.h"
#include "kernels.h"

namespace longcat {

template <class Simd>
struct ColumnKernelsOf {
  using Vec = typename Simd::Vec;
  using Chunks = ChunksOf<Simd>;
  static constexpr int kWidth = Simd::kWidth;
  static_assert(kWidth <= kMaxLanes);

  static void turn(const float* rows, int64_t stride, int64_t columns, float* out) {
    for (int64_t column = 0; column < columns; column += kWidth) {
      Vec v[kWidth];
      for (int i = 0; i < kWidth; i++) v[i] = Simd::load(rows + i * stride + column);
      Simd::turn(v);
      for (int i = 0; i < kWidth; i++) Simd::store(out + (column + i) * kWidth, v[i]);
    }
  }

  template <int kFormat>
  static void columns(const ColumnPanel& panel, const float* const* input, int input_rows,
                      const WeightedSums& into) {
    static_assert(kColumnRows == 4);
    switch (input_rows) {
      case 1:
        return rows<kFormat, 1>(panel, input, into);
      case 2:
        return rows<kFormat, 2>(panel, input, into);
      case 3:
        return rows<kFormat, 3>(panel, input, into);
      default:
        return rows<kFormat, 4>(panel, input, into);
    }
  }

 private:
  template <int kRows>
  struct Slice {
    const float* panel;
    const float* scales;
    const float* input[kRows];
    int64_t columns;
  };

  template <int kFormat, int kRows>
  static void rows(const ColumnPanel& panel, const float* const* input, const WeightedSums& into) {
    constexpr int64_t kScale = columns_of_scale(kFormat);
    int64_t scales = (panel.columns + kScale - 1) / kScale;
    Slice<kRows> slice{panel.base, panel.scales, {}, panel.columns};
    for (int r = 0; r < kRows; r++) slice.input[r] = input[r];
    for (int64_t s = 0; s < panel.slices; s++) {
      Vec sums[kRows];
      add<kFormat, kRows, 0, 1>(slice, sums);
      for (int r = 0; r < kRows; r++) {
        Vec product = Simd::rounded(Simd::mul(sums[r], Simd::set(into.weights[r])));
        add_to(into.sums[s * kColumnRows + r], product, into.count);
        slice.input[r] += panel.columns;
      }
      slice.panel += panel.columns * kWidth;
      slice.scales += scales * kWidth;
    }
  }

  static void add_to(float* sums, Vec product, int count) {
    if (count == kWidth) {
      Simd::store(sums, Simd::add(Simd::load(sums), product));
    } else {
      Simd::store(sums, Simd::add(Simd::load(sums, count), product), count);
    }
  }

  // What products have in a lane, or in lanes so far apart, added up as Simd::sum does it.
  template <int kFormat, int kRows, int kLane, int kApart>
  [[gnu::always_inline]] static void add(const Slice<kRows>& slice, Vec (&sums)[kRows]) {
    if constexpr (kApart == kWidth) {
      add_lane<kFormat, kRows, kLane>(slice, sums);
    } else {
      add<kFormat, kRows, kLane, 2 * kApart>(slice, sums);
      Vec others[kRows];
      add<kFormat, kRows, kLane + kApart, 2 * kApart>(slice, others);
      for (int r = 0; r < kRows; r++) sums[r] = Simd::add(sums[r], others[r]);
    }
  }

  template <int kFormat, int kRows, int kLane>
  [[gnu::always_inline]] static void add_lane(const Slice<kRows>& slice, Vec (&sums)[kRows]) {
    for (Vec& sum : sums) sum = Simd::set(0);
    if constexpr (Chunks::template scaled<kFormat>()) {
      constexpr int64_t kScale = columns_of_scale(kFormat);
      const float* scales = slice.scales;
      for (int64_t from = 0; from < slice.columns; from += kScale, scales += kWidth) {
        Vec parts[kRows];
        for (Vec& part : parts) part = Simd::set(0);
        int64_t end = from + kScale < slice.columns ? from + kScale : slice.columns;
        add_columns<kRows>(slice, from + kLane, end, parts);
        Vec scale = Simd::load(scales);
        for (int r = 0; r < kRows; r++) sums[r] = Simd::fma(parts[r], scale, sums[r]);
      }
    } else {
      add_columns<kRows>(slice, kLane, slice.columns, sums);
    }
  }

  template <int kRows>
  [[gnu::always_inline]] static void add_columns(const Slice<kRows>& slice, int64_t column,
                                                 int64_t end, Vec (&sums)[kRows]) {
    for (; column < end; column += kWidth) {
      Vec w = Simd::load(slice.panel + column * kWidth);
      for (int r = 0; r < kRows; r++) {
        sums[r] = Simd::fma(w, Simd::set(slice.input[r][column]), sums[r]);
      }
    }
  }
};

}  // namespace longcat
