// What a format's chunks are to the vectors of an instruction set.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace longcat {

template <class Simd>
struct ChunksOf {
  using Vec = typename Simd::Vec;
  static constexpr int kWidth = Simd::kWidth;

  // Whether columns have scales.
  template <int kFormat>
  static constexpr bool scaled() {
    return kFormat == LONGCAT_FP8 || kFormat == LONGCAT_INT8 || kFormat == LONGCAT_INT4;
  }

  template <int kFormat>
  static constexpr int64_t bytes() {
    return chunk_bytes_of(kFormat);
  }

  // Columns that are decoded at once.
  template <int kFormat>
  static constexpr int step() {
    return Simd::template kStep<kFormat>;
  }

  template <int kFormat>
  static void decode_step(const uint8_t* chunk, int64_t column, Vec* v) {
    Simd::template decode_chunk<kFormat>(chunk + column * bytes<kFormat>() / kChunk, v);
  }

  // That of a column and those decoded with it, in the chunk's order.
  template <int kFormat>
  static Vec scale(const uint8_t* scales, int column) {
    return Simd::template scale<kFormat>(scales, column / Simd::template kFold<kFormat>);
  }
};

}  // namespace longcat
