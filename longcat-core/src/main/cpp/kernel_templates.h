// The inner loops, written once over the vectors of an instruction set.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "chunk_templates.h"
#include "column_templates.h"
#include "expand_templates.h"
#include "byte_templates.h"
#include "head_templates.h"
#include "kernels.h"
#include "number_formats.h"
#include "panel_templates.h"
#include "slice_templates.h"

namespace longcat {

template <class Simd>
struct KernelsOf {
  using Vec = typename Simd::Vec;
  using Chunks = ChunksOf<Simd>;
  using Columns = ColumnKernelsOf<Simd>;
  using Expanding = ExpandKernelsOf<Simd>;
  using Heads = HeadKernelsOf<Simd>;
  using Byting = ByteKernelsOf<Simd>;
  using Panels = PanelKernelsOf<Simd>;
  static constexpr int kWidth = Simd::kWidth;
  static constexpr int kWeightRows = Simd::kWeightRows;
  static constexpr int kMixVectors = Simd::kMixVectors;

  template <int kFormat>
  static constexpr int64_t element_bytes() {
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
    std::memcpy(copy, from, static_cast<size_t>(count) * element_bytes<kFormat>());
    return whole_step<kFormat>(copy);
  }

  // Additions of one chunk and the next, for so many rows of weight and input.
  template <int kRows>
  using Sums = Vec[kRows][kWeightRows];

  // The inputs' rows from the column on. The compiler shall not hold what it has read of them for
  // the next rows of the weight: there are too few registers.
  template <int kRows, bool kForget>
  static void column_inputs(const float* const* input, int64_t column, const float* (&x)[kRows]) {
    for (int r = 0; r < kRows; r++) {
      x[r] = input[r] + column;
      if constexpr (kForget) asm("" : "+r"(x[r]));
    }
  }

  // Without scales, as many rows of the weight as there are registers for go on together. Columns from
  // one to another.
  template <int kFormat, int kRows>
  static void add_block(const WeightRows& weight, int64_t column, int64_t end, int64_t ahead,
                        const float* const* input, Sums<kRows>& sums) {
    constexpr int kTogether = Simd::together(kRows);
    for (int row = 0; row < kWeightRows; row += kTogether) {
      Vec part[kRows][kTogether];
      for (auto& parts : part) {
        for (Vec& sum : parts) sum = Simd::set(0);
      }
      const uint8_t* from[kTogether];
      for (int t = 0; t < kTogether; t++) {
        from[t] = weight.bytes[row + t] + column * Chunks::template bytes<kFormat>() / kChunk;
      }
      const float* x[kRows];
      column_inputs<kRows, (kTogether < kWeightRows)>(input, column, x);
      add_columns<kFormat>(from, end - column, ahead, x, part);
      for (int r = 0; r < kRows; r++) {
        for (int t = 0; t < kTogether; t++) sums[r][row + t] = part[r][t];
      }
    }
  }

  template <int kFormat, int kTogether, int kRows>
  static void add_columns(const uint8_t* (&weight)[kTogether], int64_t columns, int64_t ahead,
                          const float* (&input)[kRows], Vec (&sums)[kRows][kTogether]) {
    constexpr int kStep = Chunks::template step<kFormat>();
    constexpr int64_t kBytes = Chunks::template bytes<kFormat>();
    // Those of a line of a cache.
    constexpr int64_t kColumns = 64 * kChunk / kBytes;
    for (int64_t first = 0; first < columns; first += kColumns) {
      for (int t = 0; t < kTogether; t++) {
        Simd::prefetch(weight[t] + first * kBytes / kChunk + ahead);
      }
      for (int64_t column = first; column < first + kColumns; column += kStep) {
        Vec w[kTogether][kStep / kWidth];
        for (int t = 0; t < kTogether; t++) {
          Chunks::template decode_step<kFormat>(weight[t], column, w[t]);
        }
        for (int v = 0; v < kStep / kWidth; v++) {
          for (int r = 0; r < kRows; r++) {
            Vec value = Simd::load(input[r] + column + v * kWidth);
            if constexpr (kTogether < kWeightRows) Simd::keep(value);
            for (int t = 0; t < kTogether; t++) sums[r][t] = Simd::fma(w[t][v], value, sums[r][t]);
          }
        }
      }
    }
  }

  // With scales, what the columns of one scale add up to is multiplied with it.
  template <int kFormat, int kRows>
  static void add_scaled_chunk(const WeightRows& weight, int64_t chunk, const float* const* input,
                               Sums<kRows>& sums) {
    for (int row = 0; row < kWeightRows; row++) {
      const uint8_t* scales = weight.scales[row] + chunk * chunk_scale_bytes(kFormat);
      add_scaled<kFormat, kRows>(weight.bytes[row], scales, chunk, 0, kChunk, input, row, sums);
    }
  }

  // Columns of a chunk from one to another.
  template <int kFormat, int kRows>
  [[gnu::always_inline]] static void add_scaled(const uint8_t* bytes, const uint8_t* scales,
                                                int64_t chunk, int first, int end,
                                                const float* const* input, int row,
                                                Sums<kRows>& sums) {
    constexpr int kFold = std::min<int>(Simd::template kFold<kFormat>, kHalfChunk);
    constexpr int kWhole = Simd::template kFold<kFormat>;
    constexpr int kColumns = Chunks::template step<kFormat>();
    constexpr int64_t kBytes = Chunks::template bytes<kFormat>();
    int size = end - first < kWhole ? kFold : kWhole;
    for (int fold = first; fold < end; fold += size) {
      const float* x[kRows];
      column_inputs<kRows, (kRows > 2)>(input, chunk * kChunk, x);
      Vec part[kRows];
      for (Vec& sum : part) sum = Simd::set(0);
      for (int column = fold; column < fold + size; column += kColumns) {
        Vec w[kColumns / kWidth];
        Chunks::template decode_step<kFormat>(bytes + chunk * kBytes, column, w);
        for (int v = 0; v < kColumns / kWidth; v++) {
          for (int r = 0; r < kRows; r++) {
            part[r] = Simd::fma(w[v], Simd::load(x[r] + column + v * kWidth), part[r]);
          }
        }
      }
      Vec scale = Chunks::template scale<kFormat>(scales, fold - first);
      for (int r = 0; r < kRows; r++) sums[r][row] = Simd::fma(part[r], scale, sums[r][row]);
    }
  }

  // Inputs in a form of their own.
  template <int kFormat, int kRows>
  static void add_arranged_chunk(const WeightRows& weight, int64_t chunk, const float* const* input,
                                 Sums<kRows>& sums) {
    constexpr int64_t kBytes = Chunks::template bytes<kFormat>();
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

  template <int kRows>
  static void clear(Sums<kRows>& sums) {
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Simd::set(0);
    }
  }

  // Additions of a block of columns.
  template <int kFormat, int kRows>
  static void add_chunks(const WeightRows& weight, int64_t chunk, int64_t end, int64_t ahead,
                         const float* const* input, Sums<kRows>& sums) {
    clear<kRows>(sums);
    if constexpr (!Chunks::template scaled<kFormat>()) {
      add_block<kFormat, kRows>(weight, chunk * kChunk, end * kChunk, ahead, input, sums);
      chunk = end;
    }
    for (; chunk < end; chunk++) {
      fetch_chunk<Chunks::template bytes<kFormat>(), kWeightRows>(weight, 0, chunk, ahead);
      if constexpr (Simd::template kArranged<kFormat>) {
        add_arranged_chunk<kFormat, kRows>(weight, chunk, input, sums);
      } else if constexpr (Chunks::template scaled<kFormat>()) {
        add_scaled_chunk<kFormat, kRows>(weight, chunk, input, sums);
      }
    }
  }

  template <int kFormat, int kRows>
  static void row_products(const WeightRows& weight, const float* const* input,
                           const Slices& slices, int64_t ahead, const Totals& totals) {
    SliceSums<kRows, kWeightRows> all;
    if (slices.chunks > 0) {
      slices_of_chunks<kFormat, kRows>(weight, input, slices, ahead, all);
    } else if constexpr (Simd::template kHalves<kFormat>) {
      halves_of_chunks<kFormat, kRows>(weight, input, slices, ahead, all);
    }
    all.add_to(totals, static_cast<int>(slices.count));
  }

  template <int kFormat, int kRows>
  static void slices_of_chunks(const WeightRows& weight, const float* const* input,
                               const Slices& slices, int64_t ahead,
                               SliceSums<kRows, kWeightRows>& all) {
    constexpr int kSums = kRows * kWeightRows;
    // Slices whose lanes are added up together.
    constexpr int kTogether = kSums <= 4 ? 4 : kSums <= 8 ? 2 : 1;
    int64_t slice = slices.chunks;
    for (int64_t s = 0; s < slices.count;) {
      int64_t first = s * slice;
      if (kTogether > 1 && slice <= kBlockChunks && s + kTogether <= slices.count) {
        Sums<kRows> sums[kTogether];
        for (int i = 0; i < kTogether; i++, first += slice) {
          add_chunks<kFormat, kRows>(weight, first, first + slice, ahead, input, sums[i]);
        }
        Simd::template sums<kTogether * kSums>(sums[0][0], all.of[s]);
        s += kTogether;
      } else {
        add_slice<kFormat, kRows>(weight, first, first + slice, ahead, input, all.of[s]);
        s++;
      }
    }
  }

  // Two slices in each chunk.
  template <int kFormat, int kRows>
  static void halves_of_chunks(const WeightRows& weight, const float* const* input,
                               const Slices& slices, int64_t ahead,
                               SliceSums<kRows, kWeightRows>& all) {
    constexpr int kSums = kRows * kWeightRows;
    for (int64_t chunk = 0; 2 * chunk < slices.count; chunk++) {
      float* out = all.of[2 * chunk];
      if constexpr (Simd::template kArranged<kFormat>) {
        // With a slice in each half of the lanes.
        Sums<kRows> both;
        add_chunks<kFormat, kRows>(weight, chunk, chunk + 1, ahead, input, both);
        Simd::template half_sums<kSums>(both[0], out);
      } else {
        Sums<kRows> halves[2];
        add_halves<kFormat, kRows>(weight, slices, chunk, ahead, input, halves);
        Simd::template sums<2 * kSums>(halves[0][0], out);
      }
    }
  }

  template <int kFormat, int kRows>
  static void add_halves(const WeightRows& weight, const Slices& slices, int64_t chunk,
                         int64_t ahead, const float* const* input, Sums<kRows> (&halves)[2]) {
    for (auto& half : halves) clear<kRows>(half);
    if constexpr (!Chunks::template scaled<kFormat>()) {
      int64_t first = chunk * kChunk;
      add_block<kFormat, kRows>(weight, first, first + kHalfChunk, ahead, input, halves[0]);
      add_block<kFormat, kRows>(weight, first + kHalfChunk, first + kChunk, ahead, input,
                                halves[1]);
    } else {
      fetch_chunk<Chunks::template bytes<kFormat>(), kWeightRows>(weight, 0, chunk, ahead);
      for (int row = 0; row < kWeightRows; row++) {
        const uint8_t* scales = weight.scales[row] + chunk * slices.scale_chunk;
        add_scaled<kFormat, kRows>(weight.bytes[row], scales, chunk, 0, kHalfChunk, input, row,
                                   halves[0]);
        add_scaled<kFormat, kRows>(weight.bytes[row], scales + slices.scale_half, chunk,
                                   kHalfChunk, kChunk, input, row, halves[1]);
      }
    }
  }

  // Block after block.
  template <int kFormat, int kRows>
  static void add_slice(const WeightRows& weight, int64_t first, int64_t last, int64_t ahead,
                        const float* const* input, float* out) {
    constexpr int kSums = kRows * kWeightRows;
    for (int64_t chunk = first; chunk < last;) {
      int64_t end = std::min(chunk + kBlockChunks, last);
      Sums<kRows> sums;
      add_chunks<kFormat, kRows>(weight, chunk, end, ahead, input, sums);
      float block[kSums];
      Simd::template sums<kSums>(sums[0], block);
      for (int i = 0; i < kSums; i++) out[i] = chunk == first ? block[i] : out[i] + block[i];
      chunk = end;
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

  template <int kFormat>
  static void products(const WeightRows& weight, const float* const* input, int input_rows,
                       const Slices& slices, int64_t ahead, const Totals& totals) {
    static_assert(kFusedRows == 8);
    switch (input_rows) {
      case 1:
        return row_products<kFormat, 1>(weight, input, slices, ahead, totals);
      case 2:
        return row_products<kFormat, 2>(weight, input, slices, ahead, totals);
      case 3:
        return row_products<kFormat, 3>(weight, input, slices, ahead, totals);
      case 4:
        return row_products<kFormat, 4>(weight, input, slices, ahead, totals);
      case 5:
        return row_products<kFormat, 5>(weight, input, slices, ahead, totals);
      case 6:
        return row_products<kFormat, 6>(weight, input, slices, ahead, totals);
      case 7:
        return row_products<kFormat, 7>(weight, input, slices, ahead, totals);
      default:
        return row_products<kFormat, 8>(weight, input, slices, ahead, totals);
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
    Simd::template sums<kRows * kWeightRows>(sums[0], out);
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
      const uint8_t* at = bytes + column * element_bytes<kFormat>();
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

  static int64_t spin(int64_t rounds) {
    // Two additions a cycle that take five cycles each need ten sums; and there may be 16 registers.
    constexpr int kSums = 12;
    static volatile float small = 0x1p-15f;
    Vec x = Simd::set(small);
    Vec w = Simd::set(small);
    Vec sums[kSums];
    for (Vec& sum : sums) sum = Simd::set(0);
    for (int64_t i = 0; i < rounds; i++) {
      for (Vec& sum : sums) sum = Simd::fma(w, x, sum);
      // Nothing of it is known before.
      Simd::keep(x);
    }
    Vec all = sums[0];
    for (int i = 1; i < kSums; i++) all = Simd::add(all, sums[i]);
    [[maybe_unused]] static thread_local volatile float sink;
    sink = Simd::sum(all);
    return rounds * kSums * kWidth;
  }

  static void add_weighted(float* sums, float weight, const float* values, int64_t n) {
    for (int64_t i = 0; i < n; i += kWidth) {
      int count = n - i < kWidth ? static_cast<int>(n - i) : kWidth;
      bool whole = count == kWidth;
      Vec product = whole ? Simd::load(values + i) : Simd::load(values + i, count);
      product = Simd::rounded(Simd::mul(product, Simd::set(weight)));
      if (whole) {
        Simd::store(sums + i, Simd::add(Simd::load(sums + i), product));
      } else {
        Simd::store(sums + i, Simd::add(Simd::load(sums + i, count), product), count);
      }
    }
  }

  template <int kFormat>
  static constexpr const uint8_t* order() {
    return Simd::template order<kFormat>();
  }

  template <int kFormat>
  static constexpr bool halves() {
    return Simd::template kHalves<kFormat>;
  }

  using ColumnProducts = void (*)(const ColumnPanel& panel, const float* const* input,
                                  int input_rows, const WeightedSums& into);

  template <int kFormat>
  static constexpr ColumnProducts columns() {
    if constexpr (Simd::template kColumns<kFormat>) return Columns::template columns<kFormat>;
    return nullptr;
  }

  using Arrange = void (*)(const float* chunk, bool halves, float* out);

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
        {products<LONGCAT_F32>, products<LONGCAT_BF16>, products<LONGCAT_F16>,
         products<LONGCAT_FP8>, products<LONGCAT_INT8>,
         products<LONGCAT_INT4>},
        {halves<LONGCAT_F32>(), halves<LONGCAT_BF16>(), halves<LONGCAT_F16>(),
         halves<LONGCAT_FP8>(), halves<LONGCAT_INT8>(), halves<LONGCAT_INT4>()},
        {arrange<LONGCAT_F32>(), arrange<LONGCAT_BF16>(), arrange<LONGCAT_F16>(),
         arrange<LONGCAT_FP8>(), arrange<LONGCAT_INT8>(), arrange<LONGCAT_INT4>()},
        {Panels::template panel<LONGCAT_F32>, Panels::template panel<LONGCAT_BF16>,
         Panels::template panel<LONGCAT_F16>, Panels::template panel<LONGCAT_FP8>,
         Panels::template panel<LONGCAT_INT8>, Panels::template panel<LONGCAT_INT4>},
        kWidth,
        Columns::turn,
        {columns<LONGCAT_F32>(), columns<LONGCAT_BF16>(), columns<LONGCAT_F16>(),
         columns<LONGCAT_FP8>(), columns<LONGCAT_INT8>(), columns<LONGCAT_INT4>()},
        add_weighted,
        {Expanding::template expand<LONGCAT_F32>, Expanding::template expand<LONGCAT_BF16>,
         Expanding::template expand<LONGCAT_F16>, Expanding::template expand<LONGCAT_FP8>,
         Expanding::template expand<LONGCAT_INT8>, Expanding::template expand<LONGCAT_INT4>},
        {Expanding::template unpack<LONGCAT_F32>, Expanding::template unpack<LONGCAT_BF16>,
         Expanding::template unpack<LONGCAT_F16>, Expanding::template unpack<LONGCAT_FP8>,
         Expanding::template unpack<LONGCAT_INT8>, Expanding::template unpack<LONGCAT_INT4>},
        {Expanding::template blend<LONGCAT_F32>, Expanding::template blend<LONGCAT_BF16>,
         Expanding::template blend<LONGCAT_F16>, Expanding::template blend<LONGCAT_FP8>,
         Expanding::template blend<LONGCAT_INT8>, Expanding::template blend<LONGCAT_INT4>},
        fetch,
        dots,
        {decode<LONGCAT_F32>, decode<LONGCAT_BF16>, decode<LONGCAT_F16>, decode<LONGCAT_FP8>},
        mix,
        Heads::scores,
        Heads::soften,
        Heads::gather,
        Heads::merge,
        Byting::coarse,
        softmax,
        gate,
        spin,
        nullptr,
    };
    static_assert(kWeightRows <= kMaxWeightRows && kBlockColumns % kChunk == 0);
    return &kernels;
  }
};

}  // namespace longcat
