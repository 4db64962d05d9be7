// The inner loops, written once over the vectors of an instruction set.
#pragma once

#include <algorithm>
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

  // Additions of one chunk and the next, for so many rows of weight and input.
  template <int kRows>
  using Sums = Vec[kRows][kWeightRows];

  template <int kFormat>
  static constexpr bool scaled() {
    return kFormat == LONGCAT_FP8 || kFormat == LONGCAT_INT8 || kFormat == LONGCAT_INT4;
  }

  template <int kFormat, bool kExpanded>
  static constexpr int64_t chunk_bytes() {
    return kExpanded                ? kChunk * 4
           : kFormat == LONGCAT_INT4 ? kChunk / 2
           : kFormat == LONGCAT_INT8 ? kChunk
                                     : kChunk * bytes_of<kFormat>();
  }

  // Columns that are decoded at once.
  template <int kFormat, bool kExpanded>
  static constexpr int step() {
    return kExpanded ? kWidth : Simd::template kStep<kFormat>;
  }

  template <int kFormat, bool kExpanded>
  static void decode_step(const uint8_t* from, Vec* v) {
    if constexpr (kExpanded) {
      *v = Simd::decode_f32(from);
    } else {
      Simd::template decode_chunk<kFormat>(from, v);
    }
  }

  // The inputs' rows from the chunk on. The compiler shall not hold what it has read of them for
  // the next rows of the weight: there are too few registers.
  template <int kRows, bool kForget>
  static void chunk_inputs(const float* const* input, int64_t chunk, const float* (&x)[kRows]) {
    for (int r = 0; r < kRows; r++) {
      x[r] = input[r] + chunk * kChunk;
      if constexpr (kForget) asm("" : "+r"(x[r]));
    }
  }

  // Without scales, as many rows of the weight as there are registers for go on together.
  template <int kFormat, bool kExpanded, int kRows>
  static void add_block(const WeightRows& weight, int64_t chunk, int64_t end, int64_t ahead,
                        const float* const* input, Sums<kRows>& sums) {
    constexpr int kTogether = kExpanded || kRows <= 4 ? kWeightRows : Simd::kFewRows;
    constexpr int kColumns = step<kFormat, kExpanded>();
    constexpr int64_t kBytes = chunk_bytes<kFormat, kExpanded>();
    for (int row = 0; row < kWeightRows; row += kTogether) {
      Vec part[kRows][kTogether];
      for (auto& parts : part) {
        for (Vec& sum : parts) sum = Simd::set(0);
      }
      for (int64_t c = chunk; c < end; c++) {
        fetch_chunk<kBytes, kTogether>(weight, row, c, ahead);
        const float* x[kRows];
        chunk_inputs<kRows, (kTogether < kWeightRows)>(input, c, x);
        for (int column = 0; column < kChunk; column += kColumns) {
          Vec w[kTogether][kColumns / kWidth];
          for (int t = 0; t < kTogether; t++) {
            decode_step<kFormat, kExpanded>(
                weight.bytes[row + t] + c * kBytes + column * kBytes / kChunk, w[t]);
          }
          for (int v = 0; v < kColumns / kWidth; v++) {
            for (int r = 0; r < kRows; r++) {
              Vec value = Simd::load(x[r] + column + v * kWidth);
              if constexpr (kTogether < kWeightRows) Simd::keep(value);
              for (int t = 0; t < kTogether; t++) {
                part[r][t] = Simd::fma(w[t][v], value, part[r][t]);
              }
            }
          }
        }
      }
      for (int r = 0; r < kRows; r++) {
        for (int t = 0; t < kTogether; t++) sums[r][row + t] = part[r][t];
      }
    }
  }

  // With scales, what the columns of one scale add up to is multiplied with it.
  template <int kFormat, bool kExpanded, int kRows>
  static void add_scaled_chunk(const WeightRows& weight, int64_t chunk, const float* const* input,
                               Sums<kRows>& sums) {
    constexpr int kTogether = kExpanded ? kWeightRows : 1;
    constexpr int kFold = Simd::template kFold<kFormat>;
    constexpr int kColumns = step<kFormat, kExpanded>();
    constexpr int64_t kBytes = chunk_bytes<kFormat, kExpanded>();
    for (int row = 0; row < kWeightRows; row += kTogether) {
      for (int fold = 0; fold < kChunk / kFold; fold++) {
        const float* x[kRows];
        chunk_inputs<kRows, (kExpanded ? kRows > 1 : kRows > 2)>(input, chunk, x);
        Vec part[kTogether][kRows];
        for (auto& parts : part) {
          for (Vec& sum : parts) sum = Simd::set(0);
        }
        for (int column = fold * kFold; column < (fold + 1) * kFold; column += kColumns) {
          Vec w[kTogether][kColumns / kWidth];
          for (int t = 0; t < kTogether; t++) {
            decode_step<kFormat, kExpanded>(
                weight.bytes[row + t] + chunk * kBytes + column * kBytes / kChunk, w[t]);
          }
          for (int v = 0; v < kColumns / kWidth; v++) {
            for (int r = 0; r < kRows; r++) {
              Vec value = Simd::load(x[r] + column + v * kWidth);
              if constexpr (kExpanded && kRows > 1) Simd::keep(value);
              for (int t = 0; t < kTogether; t++) {
                part[t][r] = Simd::fma(w[t][v], value, part[t][r]);
              }
            }
          }
        }
        for (int t = 0; t < kTogether; t++) {
          Vec scale = Simd::template scale<kFormat>(
              weight.scales[row + t] + chunk * chunk_scale_bytes(kFormat), fold);
          for (int r = 0; r < kRows; r++) {
            sums[r][row + t] = Simd::fma(part[t][r], scale, sums[r][row + t]);
          }
        }
      }
    }
  }

  // Inputs in a form of their own.
  template <int kFormat, int kRows>
  static void add_arranged_chunk(const WeightRows& weight, int64_t chunk, const float* const* input,
                                 Sums<kRows>& sums) {
    constexpr int64_t kBytes = chunk_bytes<kFormat, false>();
    for (int row = 0; row < kWeightRows; row++) {
      Vec scale = Simd::template scale<kFormat>(
          weight.scales[row] + chunk * chunk_scale_bytes(kFormat), 0);
      for (int r = 0; r < kRows; r++) {
        const float* x = input[r] + chunk * kChunk;
        Vec sum = Simd::multiply_chunk(weight.bytes[row] + chunk * kBytes, x);
        sums[r][row] = Simd::fma(Simd::mul(sum, Simd::factor(x)), scale, sums[r][row]);
      }
    }
  }

  template <int kFormat, bool kExpanded, int kRows>
  static void row_products(const WeightRows& weight, const float* const* input, int64_t chunks,
                           int64_t ahead, const Totals& totals) {
    bool start = totals.start;
    for (int64_t chunk = 0; chunk < chunks; start = false) {
      Sums<kRows> sums;
      for (auto& row : sums) {
        for (Vec& sum : row) sum = Simd::set(0);
      }
      int64_t end = chunks - chunk < kBlockChunks ? chunks : chunk + kBlockChunks;
      if constexpr (!scaled<kFormat>()) {
        add_block<kFormat, kExpanded, kRows>(weight, chunk, end, ahead, input, sums);
        chunk = end;
      }
      for (; chunk < end; chunk++) {
        fetch_chunk<chunk_bytes<kFormat, kExpanded>(), kWeightRows>(weight, 0, chunk, ahead);
        if constexpr (Simd::template kArranged<kFormat> && !kExpanded) {
          add_arranged_chunk<kFormat, kRows>(weight, chunk, input, sums);
        } else if constexpr (scaled<kFormat>()) {
          add_scaled_chunk<kFormat, kExpanded, kRows>(weight, chunk, input, sums);
        }
      }
      for (int r = 0; r < kRows; r++) {
        Simd::sums(sums[r], start, totals.base + r * totals.stride);
      }
    }
  }

  static void fetch(const uint8_t* from, int64_t bytes) {
    for (int64_t line = 0; line < bytes; line += 64) Simd::prefetch(from + line);
  }

  template <int64_t kBytes, int kRows>
  static void fetch_chunk(const WeightRows& weight, int first, int64_t chunk, int64_t ahead) {
    for (int r = first; r < first + kRows; r++) {
      const uint8_t* next = weight.bytes[r] + chunk * kBytes + ahead;
      for (int64_t line = 0; line < kBytes; line += 64) Simd::prefetch(next + line);
    }
  }

  template <int kFormat, bool kExpanded>
  static void products(const WeightRows& weight, const float* const* input, int input_rows,
                       int64_t chunks, int64_t ahead, const Totals& totals) {
    if constexpr (kExpanded) {
      static_assert(kInputRows == 6 && kFusedRows == 8);
      if (input_rows > kInputRows) return;
    } else {
      if (input_rows == 7) {
        return row_products<kFormat, kExpanded, 7>(weight, input, chunks, ahead, totals);
      }
      if (input_rows == 8) {
        return row_products<kFormat, kExpanded, 8>(weight, input, chunks, ahead, totals);
      }
    }
    switch (input_rows) {
      case 1:
        return row_products<kFormat, kExpanded, 1>(weight, input, chunks, ahead, totals);
      case 2:
        return row_products<kFormat, kExpanded, 2>(weight, input, chunks, ahead, totals);
      case 3:
        return row_products<kFormat, kExpanded, 3>(weight, input, chunks, ahead, totals);
      case 4:
        return row_products<kFormat, kExpanded, 4>(weight, input, chunks, ahead, totals);
      case 5:
        return row_products<kFormat, kExpanded, 5>(weight, input, chunks, ahead, totals);
      default:
        return row_products<kFormat, kExpanded, 6>(weight, input, chunks, ahead, totals);
    }
  }

  template <int kFormat>
  static void expand(const uint8_t* weight, int64_t chunks, int64_t ahead, float* out) {
    constexpr int kColumns = step<kFormat, false>();
    constexpr int64_t kBytes = chunk_bytes<kFormat, false>();
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
      const uint8_t* next = weight + chunk * kBytes + ahead;
      for (int64_t line = 0; line < kBytes; line += 64) Simd::prefetch(next + line);
      for (int column = 0; column < kChunk; column += kColumns) {
        Vec v[kColumns / kWidth];
        decode_step<kFormat, false>(weight + chunk * kBytes + column * kBytes / kChunk, v);
        for (int i = 0; i < kColumns / kWidth; i++) {
          Simd::store(out + chunk * kChunk + column + i * kWidth, v[i]);
        }
      }
    }
  }

  template <int kFormat>
  static void unpack(const uint8_t* weight, const uint8_t* scales, int64_t chunks, float* out) {
    constexpr int kColumns = step<kFormat, false>();
    constexpr int64_t kBytes = chunk_bytes<kFormat, false>();
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
      for (int column = 0; column < kChunk; column += kColumns) {
        Vec v[kColumns / kWidth];
        decode_step<kFormat, false>(weight + chunk * kBytes + column * kBytes / kChunk, v);
        for (int i = 0; i < kColumns / kWidth; i++) {
          if constexpr (scaled<kFormat>()) {
            int fold = (column + i * kWidth) / Simd::template kFold<kFormat>;
            v[i] = Simd::mul(v[i], Simd::template scale<kFormat>(
                                       scales + chunk * chunk_scale_bytes(kFormat), fold));
          }
          Simd::store(out + chunk * kChunk + column + i * kWidth, v[i]);
        }
      }
    }
  }

  template <int kFormat>
  static void blend(const WeightBlock& block, const float* weights, int64_t ahead, float* sums) {
    // Columns whose sums are held in registers.
    constexpr int kColumns = std::max(step<kFormat, false>(), 4 * kWidth);
    constexpr int64_t kBytes = chunk_bytes<kFormat, false>() * kColumns / kChunk;
    for (int64_t from = 0; from < block.chunks * kChunk; from += kColumns) {
      Vec sum[kColumns / kWidth];
      for (int v = 0; v < kColumns / kWidth; v++) sum[v] = Simd::load(sums + from + v * kWidth);
      const uint8_t* bytes = block.bytes + from / kColumns * kBytes;
      for (int64_t i = 0; i < block.rows; i++, bytes += block.row_bytes) {
        blend_row<kFormat, kColumns>(bytes, block.scales + i * block.scale_stride, from,
                                     Simd::set(weights[i]), sum);
        for (int64_t line = 0; line < kBytes; line += 64) Simd::prefetch(bytes + ahead + line);
      }
      for (int v = 0; v < kColumns / kWidth; v++) Simd::store(sums + from + v * kWidth, sum[v]);
    }
  }

  template <int kFormat, int kColumns>
  static void blend_row(const uint8_t* bytes, const uint8_t* scales, int64_t from, Vec weight,
                        Vec* sum) {
    constexpr int kStep = step<kFormat, false>();
    for (int column = 0; column < kColumns; column += kStep) {
      Vec v[kStep / kWidth];
      decode_step<kFormat, false>(bytes + column * chunk_bytes<kFormat, false>() / kChunk, v);
      for (int i = 0; i < kStep / kWidth; i++) {
        if constexpr (scaled<kFormat>()) {
          int64_t at = from + column + i * kWidth;
          int fold = static_cast<int>(at % kChunk) / Simd::template kFold<kFormat>;
          v[i] = Simd::mul(v[i], Simd::template scale<kFormat>(
                                     scales + at / kChunk * chunk_scale_bytes(kFormat), fold));
        }
        Vec& into = sum[column / kWidth + i];
        into = Simd::fma(weight, v[i], into);
      }
    }
  }

  template <int kRows>
  static void row_dots(const float* const* rows, const float* const* input, int64_t n,
                       float* out) {
    Sums<kRows> sums;
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Simd::set(0);
    }
    for (int64_t column = 0; column < n; column += kWidth) {
      bool whole = column + kWidth <= n;
      int count = whole ? kWidth : static_cast<int>(n - column);
      Vec w[kWeightRows];
      for (int i = 0; i < kWeightRows; i++) {
        w[i] = whole ? Simd::load(rows[i] + column) : Simd::load(rows[i] + column, count);
      }
      for (int r = 0; r < kRows; r++) {
        Vec x = whole ? Simd::load(input[r] + column) : Simd::load(input[r] + column, count);
        for (int i = 0; i < kWeightRows; i++) sums[r][i] = Simd::fma(w[i], x, sums[r][i]);
      }
    }
    for (int r = 0; r < kRows; r++) Simd::sums(sums[r], true, out + r * kWeightRows);
  }

  static void dots(const float* const* rows, const float* const* input, int input_rows, int64_t n,
                   float* out) {
    switch (input_rows) {
      case 1:
        return row_dots<1>(rows, input, n, out);
      case 2:
        return row_dots<2>(rows, input, n, out);
      case 3:
        return row_dots<3>(rows, input, n, out);
      default:
        return row_dots<4>(rows, input, n, out);
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

  template <int kFormat>
  static constexpr const uint8_t* order() {
    return Simd::template order<kFormat>();
  }

  using Arrange = void (*)(const float* chunk, float* out);

  template <int kFormat>
  static constexpr Arrange arrange() {
    if constexpr (Simd::template kArranged<kFormat>) return Simd::arrange_chunk;
    return nullptr;
  }

  static const Kernels* table() {
    static constexpr Kernels kernels = {
        kWeightRows,
        Simd::kChunkFp8Factor,
        {order<LONGCAT_F32>(), order<LONGCAT_BF16>(), order<LONGCAT_F16>(), order<LONGCAT_FP8>(),
         order<LONGCAT_INT8>(), order<LONGCAT_INT4>()},
        {products<LONGCAT_F32, false>, products<LONGCAT_BF16, false>, products<LONGCAT_F16, false>,
         products<LONGCAT_FP8, false>, products<LONGCAT_INT8, false>,
         products<LONGCAT_INT4, false>},
        {arrange<LONGCAT_F32>(), arrange<LONGCAT_BF16>(), arrange<LONGCAT_F16>(),
         arrange<LONGCAT_FP8>(), arrange<LONGCAT_INT8>(), arrange<LONGCAT_INT4>()},
        {products<LONGCAT_F32, true>, products<LONGCAT_BF16, true>, products<LONGCAT_F16, true>,
         products<LONGCAT_FP8, true>, products<LONGCAT_INT8, true>, products<LONGCAT_INT4, true>},
        {expand<LONGCAT_F32>, expand<LONGCAT_BF16>, expand<LONGCAT_F16>, expand<LONGCAT_FP8>,
         expand<LONGCAT_INT8>, expand<LONGCAT_INT4>},
        {unpack<LONGCAT_F32>, unpack<LONGCAT_BF16>, unpack<LONGCAT_F16>, unpack<LONGCAT_FP8>,
         unpack<LONGCAT_INT8>, unpack<LONGCAT_INT4>},
        {blend<LONGCAT_F32>, blend<LONGCAT_BF16>, blend<LONGCAT_F16>, blend<LONGCAT_FP8>,
         blend<LONGCAT_INT8>, blend<LONGCAT_INT4>},
        fetch,
        dots,
        {decode<LONGCAT_F32>, decode<LONGCAT_BF16>, decode<LONGCAT_F16>, decode<LONGCAT_FP8>},
        mix,
        Heads::scores,
        Heads::soften,
        Heads::gather,
        Heads::merge,
        softmax,
        gate,
        nullptr,
    };
    static_assert(kWeightRows <= kMaxWeightRows && kBlockColumns % kChunk == 0);
    return &kernels;
  }
};

}  // namespace longcat
