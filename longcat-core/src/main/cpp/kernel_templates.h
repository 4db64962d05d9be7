// The inner loops, written once over the vectors of an instruction set.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels.h"
#include "number_formats.h"

namespace longcat {

template <class Simd>
struct KernelsOf {
  using Vec = typename Simd::Vec;
  static constexpr int kWidth = Simd::kWidth;
  static constexpr int kWeightRows = Simd::kWeightRows;
  static constexpr int kMixVectors = Simd::kMixVectors;

  template <int kFormat>
  static constexpr int64_t bytes_of() {
    return kFormat == LONGCAT_F32 ? 4 : kFormat == LONGCAT_FP8 ? 1 : 2;
  }

  template <int kFormat>
  static Vec whole_step(const uint8_t* from) {
    if constexpr (kFormat == LONGCAT_F32) return Simd::decode_f32(from);
    if constexpr (kFormat == LONGCAT_BF16) return Simd::decode_bf16(from);
    if constexpr (kFormat == LONGCAT_F16) return Simd::decode_f16(from);
    if constexpr (kFormat == LONGCAT_FP8) return Simd::decode_fp8(from);
  }

  // A weight may end where its mapping ends: nothing behind it is read.
  template <int kFormat>
  static Vec part_step(const uint8_t* from, int count) {
    uint8_t copy[kWidth * 4] = {};
    std::memcpy(copy, from, static_cast<size_t>(count) * bytes_of<kFormat>());
    return whole_step<kFormat>(copy);
  }

  template <int kFormat, int kRows>
  static void add_step(const StoredRow* weight, const Vec* scale, const Vec* input, int64_t column,
                       int count, Vec (&sums)[kRows][kWeightRows]) {
    for (int w = 0; w < kWeightRows; w++) {
      const uint8_t* from = weight[w].bytes + column * bytes_of<kFormat>();
      Vec v = count == kWidth ? whole_step<kFormat>(from) : part_step<kFormat>(from, count);
      if constexpr (kFormat == LONGCAT_FP8) v = Simd::mul(v, scale[w]);
      for (int r = 0; r < kRows; r++) sums[r][w] = Simd::fma(v, input[r], sums[r][w]);
    }
  }

  template <int kFormat, int kRows>
  static void block_products(const StoredRow* weight, const float* const* input, int64_t from,
                             int64_t to, const Vec* scale, Vec (&sums)[kRows][kWeightRows]) {
    Vec x[kRows];
    int64_t column = from;
    for (; column + kWidth <= to; column += kWidth) {
      for (int r = 0; r < kRows; r++) x[r] = Simd::load(input[r] + column);
      add_step<kFormat, kRows>(weight, scale, x, column, kWidth, sums);
    }
    if (column < to) {
      int count = static_cast<int>(to - column);
      for (int r = 0; r < kRows; r++) x[r] = Simd::load(input[r] + column, count);
      add_step<kFormat, kRows>(weight, scale, x, column, count, sums);
    }
  }

  template <int kFormat, int kRows>
  static void row_products(const StoredRow* weight, const float* const* input, int64_t n,
                           float* out) {
    Vec sums[kRows][kWeightRows];
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Simd::set(0);
    }
    if constexpr (kFormat == LONGCAT_FP8) {
      int64_t block = weight[0].block;
      for (int64_t from = 0, b = 0; from < n; from += block, b++) {
        Vec scale[kWeightRows];
        for (int w = 0; w < kWeightRows; w++) {
          scale[w] = Simd::set(weight[w].scales[b] * kFp8Factor);
        }
        int64_t to = n - from < block ? n : from + block;
        block_products<kFormat, kRows>(weight, input, from, to, scale, sums);
      }
    } else {
      block_products<kFormat, kRows>(weight, input, 0, n, nullptr, sums);
    }
    for (int r = 0; r < kRows; r++) {
      for (int w = 0; w < kWeightRows; w++) out[r * kWeightRows + w] = Simd::sum(sums[r][w]);
    }
  }

  template <int kFormat>
  static void products(const StoredRow* weight, const float* const* input, int input_rows,
                       int64_t n, float* out) {
    switch (input_rows) {
      case 1:
        return row_products<kFormat, 1>(weight, input, n, out);
      case 2:
        return row_products<kFormat, 2>(weight, input, n, out);
      case 3:
        return row_products<kFormat, 3>(weight, input, n, out);
      default:
        return row_products<kFormat, 4>(weight, input, n, out);
    }
  }

  template <int kFormat>
  static void decode_block(const uint8_t* bytes, int64_t from, int64_t to, Vec scale, float* out) {
    for (int64_t column = from; column < to; column += kWidth) {
      const uint8_t* at = bytes + column * bytes_of<kFormat>();
      bool whole = column + kWidth <= to;
      int count = whole ? kWidth : static_cast<int>(to - column);
      Vec v = whole ? whole_step<kFormat>(at) : part_step<kFormat>(at, count);
      if constexpr (kFormat == LONGCAT_FP8) v = Simd::mul(v, scale);
      if (whole) {
        Simd::store(out + column, v);
      } else {
        Simd::store(out + column, v, count);
      }
    }
  }

  template <int kFormat>
  static void decode(const StoredRow& row, int64_t n, float* out) {
    if constexpr (kFormat == LONGCAT_FP8) {
      for (int64_t from = 0, b = 0; from < n; from += row.block, b++) {
        int64_t to = n - from < row.block ? n : from + row.block;
        decode_block<kFormat>(row.bytes, from, to, Simd::set(row.scales[b] * kFp8Factor), out);
      }
    } else {
      decode_block<kFormat>(row.bytes, 0, n, Simd::set(1), out);
    }
  }

  template <int kQueries, int kVectors>
  static void mix_columns(const FloatRows& rows, int64_t from, int64_t to,
                          const float* const* weights, int64_t column, float* const* out) {
    Vec sums[kQueries][kVectors];
    for (int q = 0; q < kQueries; q++) {
      for (int v = 0; v < kVectors; v++) sums[q][v] = Simd::load(out[q] + column + v * kWidth);
    }
    for (int64_t i = from; i < to; i++) {
      const float* row = rows.row(i) + column;
      Vec x[kVectors];
      for (int v = 0; v < kVectors; v++) x[v] = Simd::load(row + v * kWidth);
      for (int q = 0; q < kQueries; q++) {
        Vec weight = Simd::set(weights[q][i]);
        for (int v = 0; v < kVectors; v++) sums[q][v] = Simd::fma(weight, x[v], sums[q][v]);
      }
    }
    for (int q = 0; q < kQueries; q++) {
      for (int v = 0; v < kVectors; v++) Simd::store(out[q] + column + v * kWidth, sums[q][v]);
    }
  }

  template <int kQueries>
  static void mix_rest(const FloatRows& rows, int64_t from, int64_t to,
                       const float* const* weights, int64_t column, int count, float* const* out) {
    Vec sums[kQueries];
    for (int q = 0; q < kQueries; q++) sums[q] = Simd::load(out[q] + column, count);
    for (int64_t i = from; i < to; i++) {
      Vec x = Simd::load(rows.row(i) + column, count);
      for (int q = 0; q < kQueries; q++) {
        sums[q] = Simd::fma(Simd::set(weights[q][i]), x, sums[q]);
      }
    }
    for (int q = 0; q < kQueries; q++) Simd::store(out[q] + column, sums[q], count);
  }

  template <int kQueries>
  static void mix_queries(const FloatRows& rows, int64_t from, int64_t to,
                          const float* const* weights, int64_t n, float* const* out) {
    int64_t column = 0;
    for (; column + kMixVectors * kWidth <= n; column += kMixVectors * kWidth) {
      mix_columns<kQueries, kMixVectors>(rows, from, to, weights, column, out);
    }
    for (; column + kWidth <= n; column += kWidth) {
      mix_columns<kQueries, 1>(rows, from, to, weights, column, out);
    }
    if (column < n) {
      mix_rest<kQueries>(rows, from, to, weights, column, static_cast<int>(n - column), out);
    }
  }

  static void mix(const FloatRows& rows, int64_t from, int64_t to, const float* const* weights,
                  int queries, int64_t n, float* const* out) {
    switch (queries) {
      case 1:
        return mix_queries<1>(rows, from, to, weights, n, out);
      case 2:
        return mix_queries<2>(rows, from, to, weights, n, out);
      case 3:
        return mix_queries<3>(rows, from, to, weights, n, out);
      default:
        return mix_queries<4>(rows, from, to, weights, n, out);
    }
  }

  static void softmax(float* values, int64_t n) {
    float largest = values[0];
    for (int64_t i = 1; i < n; i++) largest = values[i] > largest ? values[i] : largest;
    Vec offset = Simd::set(-largest);
    Vec sums = Simd::set(0);
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth) {
      Vec e = Simd::exp(Simd::add(Simd::load(values + i), offset));
      Simd::store(values + i, e);
      sums = Simd::add(sums, e);
    }
    float sum = Simd::sum(sums);
    if (i < n) {
      int count = static_cast<int>(n - i);
      Simd::store(values + i, Simd::exp(Simd::add(Simd::load(values + i, count), offset)), count);
      for (; i < n; i++) sum += values[i];
    }
    float factor = 1 / sum;
    for (i = 0; i < n; i++) values[i] *= factor;
  }

  static void gate(const float* gate, const float* up, int64_t n, float* into) {
    Vec one = Simd::set(1);
    Vec minus = Simd::set(-1);
    for (int64_t i = 0; i < n; i += kWidth) {
      int count = n - i < kWidth ? static_cast<int>(n - i) : kWidth;
      bool whole = count == kWidth;
      Vec g = whole ? Simd::load(gate + i) : Simd::load(gate + i, count);
      Vec u = whole ? Simd::load(up + i) : Simd::load(up + i, count);
      Vec silu = Simd::div(g, Simd::add(one, Simd::exp(Simd::mul(g, minus))));
      Vec product = Simd::mul(silu, u);
      if (whole) {
        Simd::store(into + i, product);
      } else {
        Simd::store(into + i, product, count);
      }
    }
  }

  static const Kernels* table() {
    static constexpr Kernels kernels = {
        kWeightRows,
        {products<LONGCAT_F32>, products<LONGCAT_BF16>, products<LONGCAT_F16>,
         products<LONGCAT_FP8>},
        {decode<LONGCAT_F32>, decode<LONGCAT_BF16>, decode<LONGCAT_F16>, decode<LONGCAT_FP8>},
        mix,
        softmax,
        gate,
    };
    static_assert(kWeightRows <= kMaxWeightRows && kStep % kWidth == 0);
    return &kernels;
  }
};

}  // namespace longcat
