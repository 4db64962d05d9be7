// A weight as it lies in its files, with the factors of its blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

  StoredRow row(int64_t index) const {
    int64_t segment = index / segment_rows;
    const uint8_t* bytes =
        segments[static_cast<size_t>(segment)] + (index - segment * segment_rows) * row_bytes;
    if (scales.empty()) return {bytes, nullptr, columns};
    return {bytes, scales.data() + index / block_rows * scale_columns, block_columns};
  }
};

inline const Weight& weight_at(int64_t address) {
  return *reinterpret_cast<const Weight*>(address);
}

inline void decode_row(const Kernels& kernels, const Weight& weight, int64_t index, float* out) {
  kernels.decode[weight.format](weight.row(index), weight.columns, out);
}

}  // namespace longcat
