// The inner loops, written once over the vectors of an instruction set.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "head_templates.h"
#include "kernels.h"
#include "number_formats.h"

namespace longcat {

template <class Simd>
struct KernelsOf {
  using Vec = typename Simd::Vec;
  using Heads = HeadKernelsOf<Simd>;
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

  // Two steps at once, because FP8 is decoded faster so.
  template <int kFormat>
  static void two_steps(const uint8_t* from, Vec (&v)[2]) {
    if constexpr (kFormat == LONGCAT_FP8) {
      Simd::decode_two_fp8(from, v);
    } else {
      v[0] = whole_step<kFormat>(from);
      v[1] = whole_step<kFormat>(from + kWidth * bytes_of<kFormat>());
    }
  }

  template <int kRows>
  static void add_step(const Vec (&weight)[kWeightRows], const Vec (&input)[kRows],
                       Vec (&sums)[kRows][kWeightRows]) {
    for (int r = 0; r < kRows; r++) {
      for (int w = 0; w < kWeightRows; w++) {
        sums[r][w] = Simd::fma(weight[w], input[r], sums[r][w]);
      }
    }
  }

  template <int kFormat, int kRows>
  static void row_products(const uint8_t* const* weight, const float* const* input, int64_t n,
                           int64_t ahead, float* out) {
    constexpr int64_t kBytes = bytes_of<kFormat>();
    Vec sums[kRows][kWeightRows];
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Simd::set(0);
    }
    Vec w[kWeightRows];
    Vec x[kRows];
    int64_t column = 0;
    if constexpr (kFormat != LONGCAT_F32) {
      for (; column + 2 * kWidth <= n; column += 2 * kWidth) {
        Vec two[kWeightRows][2];
        for (int i = 0; i < kWeightRows; i++) {
          const uint8_t* from = weight[i] + column * kBytes;
          Simd::prefetch(from + ahead);
          two_steps<kFormat>(from, two[i]);
        }
        for (int half = 0; half < 2; half++) {
          for (int r = 0; r < kRows; r++) x[r] = Simd::load(input[r] + column + half * kWidth);
          for (int i = 0; i < kWeightRows; i++) w[i] = two[i][half];
          add_step<kRows>(w, x, sums);
        }
      }
    }
    for (; column + kWidth <= n; column += kWidth) {
      for (int r = 0; r < kRows; r++) x[r] = Simd::load(input[r] + column);
      for (int i = 0; i < kWeightRows; i++) w[i] = whole_step<kFormat>(weight[i] + column * kBytes);
      add_step<kRows>(w, x, sums);
    }
    if (column < n) {
      int count = static_cast<int>(n - column);
      for (int r = 0; r < kRows; r++) x[r] = Simd::load(input[r] + column, count);
      for (int i = 0; i < kWeightRows; i++) {
        w[i] = part_step<kFormat>(weight[i] + column * kBytes, count);
      }
      add_step<kRows>(w, x, sums);
    }
    for (int r = 0; r < kRows; r++) Simd::sums(sums[r], out + r * kWeightRows);
  }

  template <int kFormat>
  static void products(const uint8_t* const* weight, const float* const* input, int input_rows,
                       int64_t n, int64_t ahead, float* out) {
    if constexpr (kFormat == LONGCAT_F32) {
      if (input_rows == 5) return row_products<kFormat, 5>(weight, input, n, ahead, out);
      if (input_rows == 6) return row_products<kFormat, 6>(weight, input, n, ahead, out);
    }
    switch (input_rows) {
      case 1:
        return row_products<kFormat, 1>(weight, input, n, ahead, out);
      case 2:
        return row_products<kFormat, 2>(weight, input, n, ahead, out);
      case 3:
        return row_products<kFormat, 3>(weight, input, n, ahead, out);
      default:
        return row_products<kFormat, 4>(weight, input, n, ahead, out);
    }
  }

  template <int kFormat>
  static void plain(const uint8_t* weight, int64_t n, int64_t ahead, float* out) {
    constexpr int64_t kBytes = bytes_of<kFormat>();
    int64_t column = 0;
    for (; column + 2 * kWidth <= n; column += 2 * kWidth) {
      const uint8_t* from = weight + column * kBytes;
      Simd::prefetch(from + ahead);
      Vec v[2];
      two_steps<kFormat>(from, v);
      Simd::store(out + column, v[0]);
      Simd::store(out + column + kWidth, v[1]);
    }
    for (; column < n; column += kWidth) {
      int count = n - column < kWidth ? static_cast<int>(n - column) : kWidth;
      Simd::store(out + column, part_step<kFormat>(weight + column * kBytes, count), count);
    }
  }

  static float round_to_bf16(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    // A number that is none stays none; to nearest, halves to even.
    if ((bits & 0x7fffffff) > 0x7f800000) return value;
    return bits_to_float((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000);
  }

  static void scale_part(const float* input, int64_t n, float factor, float* out) {
    Vec factors = Simd::set(factor);
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth) {
      Simd::store(out + i, Simd::mul(Simd::load(input + i), factors));
    }
    for (; i < n; i++) out[i] = input[i] * factor;
  }

  static void prepare(const float* input, int64_t first, int64_t n, const Preparation& how,
                      float* out) {
    const float* from = input + first;
    if (how.round) {
      for (int64_t i = 0; i < n; i++) out[i] = round_to_bf16(from[i]);
      from = out;
    }
    if (how.scales == nullptr) {
      if (from != out) std::memcpy(out, from, static_cast<size_t>(n) * sizeof(float));
      return;
    }
    for (int64_t i = 0; i < n;) {
      int64_t block = (first + i) / how.block;
      int64_t to = n - i < (block + 1) * how.block - first - i ? n : (block + 1) * how.block - first;
      scale_part(from + i, to - i, how.scales[block] * kFp8Factor, out + i);
      i = to;
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

  template <int kCount, int kVectors>
  static void mix_columns(const FloatRows& rows, int64_t from, int64_t to,
                          const float* const* weights, int64_t column, float* const* out) {
    Vec sums[kCount][kVectors];
    for (int q = 0; q < kCount; q++) {
      for (int v = 0; v < kVectors; v++) sums[q][v] = Simd::load(out[q] + column + v * kWidth);
    }
    for (int64_t i = from; i < to; i++) {
      const float* row = rows.row(i) + column;
      Vec x[kVectors];
      for (int v = 0; v < kVectors; v++) x[v] = Simd::load(row + v * kWidth);
      for (int q = 0; q < kCount; q++) {
        Vec weight = Simd::set(weights[q][i]);
        for (int v = 0; v < kVectors; v++) sums[q][v] = Simd::fma(weight, x[v], sums[q][v]);
      }
    }
    for (int q = 0; q < kCount; q++) {
      for (int v = 0; v < kVectors; v++) Simd::store(out[q] + column + v * kWidth, sums[q][v]);
    }
  }

  template <int kCount>
  static void mix_rest(const FloatRows& rows, int64_t from, int64_t to,
                       const float* const* weights, int64_t column, int count, float* const* out) {
    Vec sums[kCount];
    for (int q = 0; q < kCount; q++) sums[q] = Simd::load(out[q] + column, count);
    for (int64_t i = from; i < to; i++) {
      Vec x = Simd::load(rows.row(i) + column, count);
      for (int q = 0; q < kCount; q++) {
        sums[q] = Simd::fma(Simd::set(weights[q][i]), x, sums[q]);
      }
    }
    for (int q = 0; q < kCount; q++) Simd::store(out[q] + column, sums[q], count);
  }

  template <int kCount>
  static void mix_queries(const FloatRows& rows, int64_t from, int64_t to,
                          const float* const* weights, int64_t n, float* const* out) {
    int64_t column = 0;
    for (; column + kMixVectors * kWidth <= n; column += kMixVectors * kWidth) {
      mix_columns<kCount, kMixVectors>(rows, from, to, weights, column, out);
    }
    for (; column + kWidth <= n; column += kWidth) {
      mix_columns<kCount, 1>(rows, from, to, weights, column, out);
    }
    if (column < n) {
      mix_rest<kCount>(rows, from, to, weights, column, static_cast<int>(n - column), out);
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
        {plain<LONGCAT_F32>, plain<LONGCAT_BF16>, plain<LONGCAT_F16>, plain<LONGCAT_FP8>},
        prepare,
        {decode<LONGCAT_F32>, decode<LONGCAT_BF16>, decode<LONGCAT_F16>, decode<LONGCAT_FP8>},
        mix,
        Heads::scores,
        Heads::soften,
        Heads::gather,
        Heads::merge,
        softmax,
        gate,
    };
    static_assert(kWeightRows <= kMaxWeightRows && kBlockColumns % (2 * kWidth) == 0);
    return &kernels;
  }
};

}  // namespace longcat
