// Weights of integers with one BF16 factor for each group of columns.
#pragma once

#include <cstdint>

namespace longcat {

// out[i] = number from + i of the row times the factor of its group, for i < count. codes: a byte
// a number.
void decode_int8(const uint8_t* codes, const uint8_t* factors, int64_t group, int64_t from,
                 int64_t count, float* out);

// The same for two numbers a byte, the lower half first; group and from are even.
void decode_int4(const uint8_t* codes, const uint8_t* factors, int64_t group, int64_t from,
                 int64_t count, float* out);

}  // namespace longcat
