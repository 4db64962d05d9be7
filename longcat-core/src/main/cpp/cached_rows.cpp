#include "cached_rows.h"

#include <algorithm>
#include <cmath>

#include "number_formats.h"

namespace longcat {

namespace {

void write_bf16(const float* from, int64_t columns, uint8_t* into) {
  for (int64_t i = 0; i < columns; i++) {
    float rounded = round_to_bf16(from[i]);
    uint32_t bits;
    std::memcpy(&bits, &rounded, sizeof bits);
    uint16_t half = static_cast<uint16_t>(bits >> 16);
    std::memcpy(into + 2 * i, &half, sizeof half);
  }
}

// The largest number of a row becomes the largest of FP8.
void write_fp8(const float* from, int64_t columns, uint8_t* into) {
  float largest = 0;
  for (int64_t i = 0; i < columns; i++) largest = std::max(largest, std::fabs(from[i]));
  bool usable = largest > 0 && std::isfinite(largest);
  float scale = usable ? largest / kFp8Largest : 1;
  // A scale below the normal numbers would not divide to 448.
  if (scale < kSmallestNormal) scale = kSmallestNormal;
  for (int64_t i = 0; i < columns; i++) into[i] = float_to_fp8(from[i] / scale);
  std::memcpy(into + columns, &scale, sizeof scale);
}

}  // namespace

void cache_row(const float* from, int64_t columns, int32_t format, uint8_t* into) {
  if (format == LONGCAT_F32) {
    std::memcpy(into, from, static_cast<size_t>(columns) * sizeof(float));
  } else if (format == LONGCAT_BF16) {
    write_bf16(from, columns, into);
  } else {
    write_fp8(from, columns, into);
  }
}

}  // namespace longcat
