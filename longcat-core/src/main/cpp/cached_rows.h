// Rows of a latent cache in the precision they are kept in.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels.h"

namespace longcat {

// Bytes of a row: FP8 has its scale behind its numbers.
inline int64_t cached_row_bytes(int32_t format, int64_t columns) {
  return format == LONGCAT_F32 ? 4 * columns : format == LONGCAT_BF16 ? 2 * columns : columns + 4;
}

struct CachedRows {
  const uint8_t* base;
  int64_t row_bytes;
  int32_t format;  // LONGCAT_F32, LONGCAT_BF16 or LONGCAT_FP8
  int64_t columns;

  // The row as it lies there, or decoded into memory for its columns.
  const float* row(const Kernels& kernels, int64_t slot, float* into) const {
    const uint8_t* bytes = base + slot * row_bytes;
    if (format == LONGCAT_F32) return reinterpret_cast<const float*>(bytes);
    float scale = 0;
    if (format == LONGCAT_FP8) std::memcpy(&scale, bytes + columns, sizeof scale);
    kernels.decode[format]({bytes, &scale, columns}, columns, into);
    return into;
  }

  bool decoded() const { return format != LONGCAT_F32; }
};

// Writes a row; columns numbers of F32.
void cache_row(const float* from, int64_t columns, int32_t format, uint8_t* into);

}  // namespace longcat
