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
  static constexpr int kVectors = kPanelVectors;
  static constexpr int kPanelRows = kVectors * kWidth;
  static_assert(kWidth <= kMaxLanes);

  static void turn(const float* rows, int64_t stride, int64_t columns, float* out) {
    for (int64_t column = 0; column < columns; column += kWidth) {
      Vec v[kWidth];
      for (int i = 0; i < kWidth; i++) v[i] = Simd::load(rows + i * stride + column);
      Simd::turn(v);
      for (int i = 0; i < kWidth; i++) Simd::store(out + (column + i) * kPanelRows, v[i]);
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

  template <int kRows>
  using Sums = Vec[kRows][kVectors];

  template <int kFormat, int kRows>
  static void rows(const ColumnPanel& panel, const float* const* input, const WeightedSums& into) {
    constexpr int64_t kScale = columns_of_scale(kFormat);
    int64_t scales = (panel.columns + kScale - 1) / kScale;
    Slice<kRows> slice{panel.base, panel.scales, {}, panel.columns};
    for (int r = 0; r < kRows; r++) slice.input[r] = input[r];
    for (int64_t s = 0; s < panel.slices; s++) {
      Sums<kRows> sums;
      add<kFormat, kRows, 0, 1>(slice, sums);
      for (int r = 0; r < kRows; r++) {
        Vec weight = Simd::set(into.weights[r]);
        for (int v = 0; v < kVectors; v++) {
          add_to(into.sums[s * kColumnRows + r] + v * kWidth,
                 Simd::rounded(Simd::mul(sums[r][v], weight)), into.count - v * kWidth);
        }
        slice.input[r] += panel.columns;
      }
      slice.panel += panel.columns * kPanelRows;
      slice.scales += scales * kPanelRows;
    }
  }

  static void add_to(float* sums, Vec product, int count) {
    if (count >= kWidth) {
      Simd::store(sums, Simd::add(Simd::load(sums), product));
    } else if (count > 0) {
      Simd::store(sums, Simd::add(Simd::load(sums, count), product), count);
    }
  }

  // What products have in a lane, or in lanes so far apart, added up as Simd::sum does it.
  template <int kFormat, int kRows, int kLane, int kApart>
  [[gnu::always_inline]] static void add(const Slice<kRows>& slice, Sums<kRows>& sums) {
    if constexpr (kApart == kWidth) {
      add_lane<kFormat, kRows, kLane>(slice, sums);
    } else {
      add<kFormat, kRows, kLane, 2 * kApart>(slice, sums);
      Sums<kRows> others;
      add<kFormat, kRows, kLane + kApart, 2 * kApart>(slice, others);
      for (int r = 0; r < kRows; r++) {
        for (int v = 0; v < kVectors; v++) sums[r][v] = Simd::add(sums[r][v], others[r][v]);
      }
    }
  }

  template <int kFormat, int kRows, int kLane>
  [[gnu::always_inline]] static void add_lane(const Slice<kRows>& slice, Sums<kRows>& sums) {
    clear<kRows>(sums);
    if constexpr (Chunks::template scaled<kFormat>()) {
      constexpr int64_t kScale = columns_of_scale(kFormat);
      const float* scales = slice.scales;
      for (int64_t from = 0; from < slice.columns; from += kScale, scales += kPanelRows) {
        Sums<kRows> parts;
        clear<kRows>(parts);
        int64_t end = from + kScale < slice.columns ? from + kScale : slice.columns;
        add_columns<kRows>(slice, from + kLane, end, parts);
        for (int v = 0; v < kVectors; v++) {
          Vec scale = Simd::load(scales + v * kWidth);
          for (int r = 0; r < kRows; r++) sums[r][v] = Simd::fma(parts[r][v], scale, sums[r][v]);
        }
      }
    } else {
      add_columns<kRows>(slice, kLane, slice.columns, sums);
    }
  }

  template <int kRows>
  [[gnu::always_inline]] static void clear(Sums<kRows>& sums) {
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Simd::set(0);
    }
  }

  template <int kRows>
  [[gnu::always_inline]] static void add_columns(const Slice<kRows>& slice, int64_t column,
                                                 int64_t end, Sums<kRows>& sums) {
    for (; column < end; column += kWidth) {
      Vec w[kVectors];
      for (int v = 0; v < kVectors; v++) {
        w[v] = Simd::load(slice.panel + column * kPanelRows + v * kWidth);
      }
      for (int r = 0; r < kRows; r++) {
        Vec x = Simd::set(slice.input[r][column]);
        for (int v = 0; v < kVectors; v++) sums[r][v] = Simd::fma(w[v], x, sums[r][v]);
      }
    }
  }
};

}  // namespace longcat
