// A weight as it lies in its files, with the factors of its blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "integer_formats.h"
#include "kernels.h"

namespace longcat {

struct Weight {
  int32_t format;
  int64_t rows;
  int64_t columns;
  int64_t row_bytes;
  int64_t segment_rows;
  std::vector<const uint8_t*> segments;
  int64_t block_rows;
  int64_t block_columns;
  int64_t scale_columns;
  std::vector<float> scales;
  std::vector<const uint8_t*> group_factors;  // for each segment; empty without groups

  StoredRow row(int64_t index) const {
    int64_t segment = index / segment_rows;
    const uint8_t* bytes =
        segments[static_cast<size_t>(segment)] + (index - segment * segment_rows) * row_bytes;
    if (scales.empty()) return {bytes, nullptr, columns};
    return {bytes, scales.data() + index / block_rows * scale_columns, block_columns};
  }

  bool grouped() const { return !group_factors.empty(); }

  // Numbers [from, from + count) of a row; from is even.
  void decode_grouped(int64_t index, int64_t from, int64_t count, float* out) const {
    size_t segment = static_cast<size_t>(index / segment_rows);
    int64_t row = index % segment_rows;
    auto decode = format == LONGCAT_INT8 ? decode_int8 : decode_int4;
    decode(segments[segment] + row * row_bytes, group_factors[segment] + 2 * row * scale_columns,
           block_columns, from, count, out);
  }
};

inline const Weight& weight_at(int64_t address) {
  return *reinterpret_cast<const Weight*>(address);
}

inline void decode_row(const Kernels& kernels, const Weight& weight, int64_t index, float* out) {
  if (weight.grouped()) return weight.decode_grouped(index, 0, weight.columns, out);
  kernels.decode[weight.format](weight.row(index), weight.columns, out);
}

}  // namespace longcat
