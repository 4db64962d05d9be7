// Rows of a weight as F32, in the order of their format's chunks.
#pragma once

#include <algorithm>
#include <cstdint>

#include "chunk_templates.h"

namespace longcat {

template <class Simd>
struct ExpandKernelsOf {
  using Vec = typename Simd::Vec;
  using Chunks = ChunksOf<Simd>;
  static constexpr int kWidth = Simd::kWidth;

  template <int kFormat>
  static void expand(const uint8_t* weight, int64_t chunks, int64_t ahead, float* out) {
    constexpr int64_t kBytes = Chunks::template bytes<kFormat>();
    each_step<kFormat>(chunks, [&](int64_t chunk, int column) {
      const uint8_t* from = weight + chunk * kBytes;
      if (column == 0) fetch<kBytes>(from + ahead);
      store_step<kFormat>(from, column, nullptr, out + chunk * kChunk + column);
    });
  }

  template <int kFormat>
  static void unpack(const uint8_t* weight, const uint8_t* scales, int64_t chunks, float* out) {
    constexpr int64_t kBytes = Chunks::template bytes<kFormat>();
    each_step<kFormat>(chunks, [&](int64_t chunk, int column) {
      const uint8_t* scale = scales + chunk * chunk_scale_bytes(kFormat);
      store_step<kFormat>(weight + chunk * kBytes, column,
                          Chunks::template scaled<kFormat>() ? scale : nullptr,
                          out + chunk * kChunk + column);
    });
  }

  template <int kFormat>
  static void blend(const WeightBlock& block, const float* weights, int64_t ahead, float* sums) {
    // Columns whose sums are held in registers.
    constexpr int kColumns = std::max(Chunks::template step<kFormat>(), 4 * kWidth);
    constexpr int64_t kBytes = Chunks::template bytes<kFormat>() * kColumns / kChunk;
    for (int64_t from = 0; from < block.chunks * kChunk; from += kColumns) {
      Vec sum[kColumns / kWidth];
      for (int v = 0; v < kColumns / kWidth; v++) sum[v] = Simd::load(sums + from + v * kWidth);
      const uint8_t* bytes = block.bytes + from / kColumns * kBytes;
      for (int64_t i = 0; i < block.rows; i++, bytes += block.row_bytes) {
        blend_row<kFormat, kColumns>(bytes, block.scales + i * block.scale_stride, from,
                                     Simd::set(weights[i]), sum);
        fetch<kBytes>(bytes + ahead);
      }
      for (int v = 0; v < kColumns / kWidth; v++) Simd::store(sums + from + v * kWidth, sum[v]);
    }
  }

 private:
  template <int kFormat, class Body>
  static void each_step(int64_t chunks, const Body& body) {
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
      for (int column = 0; column < kChunk; column += Chunks::template step<kFormat>()) {
        body(chunk, column);
      }
    }
  }

  template <int64_t kBytes>
  static void fetch(const uint8_t* from) {
    for (int64_t line = 0; line < kBytes; line += 64) Simd::prefetch(from + line);
  }

  // With the chunk's scales, unless they are null.
  template <int kFormat>
  static void store_step(const uint8_t* chunk, int column, const uint8_t* scales, float* out) {
    constexpr int kVectors = Chunks::template step<kFormat>() / kWidth;
    Vec v[kVectors];
    Chunks::template decode_step<kFormat>(chunk, column, v);
    for (int i = 0; i < kVectors; i++) {
      if (scales != nullptr) {
        v[i] = Simd::mul(v[i], Chunks::template scale<kFormat>(scales, column + i * kWidth));
      }
      Simd::store(out + i * kWidth, v[i]);
    }
  }

  template <int kFormat, int kColumns>
  static void blend_row(const uint8_t* bytes, const uint8_t* scales, int64_t from, Vec weight,
                        Vec* sum) {
    constexpr int kStep = Chunks::template step<kFormat>();
    for (int column = 0; column < kColumns; column += kStep) {
      Vec v[kStep / kWidth];
      Chunks::template decode_step<kFormat>(bytes, column, v);
      for (int i = 0; i < kStep / kWidth; i++) {
        if constexpr (Chunks::template scaled<kFormat>()) {
          int64_t at = from + column + i * kWidth;
          v[i] = Simd::mul(v[i], Chunks::template scale<kFormat>(
                                     scales + at / kChunk * chunk_scale_bytes(kFormat),
                                     static_cast<int>(at % kChunk)));
        }
        Vec& into = sum[column / kWidth + i];
        into = Simd::fma(weight, v[i], into);
      }
    }
  }
};

}  // namespace longcat
