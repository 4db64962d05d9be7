// Rows of integer weights to F32, in loops that compilers turn into vectors by themselves.
#include "integer_formats.h"

#include <algorithm>

#include "number_formats.h"

namespace longcat {

namespace {

float factor_at(const uint8_t* factors, int64_t group) {
  return bf16_to_float(load_u16(factors + 2 * group));
}

}  // namespace

void decode_int8(const uint8_t* codes, const uint8_t* factors, int64_t group, int64_t from,
                 int64_t count, float* out) {
  int64_t end = from + count;
  for (int64_t start = from; start < end;) {
    int64_t g = start / group;
    int64_t stop = std::min(end, (g + 1) * group);
    float factor = factor_at(factors, g);
    float* into = out + (start - from);
    for (int64_t i = 0; i < stop - start; i++) {
      into[i] = static_cast<float>(static_cast<int8_t>(codes[start + i])) * factor;
    }
    start = stop;
  }
}

void decode_int4(const uint8_t* codes, const uint8_t* factors, int64_t group, int64_t from,
                 int64_t count, float* out) {
  int64_t end = from + count;
  for (int64_t start = from; start < end;) {
    int64_t g = start / group;
    int64_t stop = std::min(end, (g + 1) * group);
    float factor = factor_at(factors, g);
    float* into = out + (start - from);
    const uint8_t* pair = codes + start / 2;
    int64_t pairs = (stop - start) / 2;
    for (int64_t i = 0; i < pairs; i++) {
      into[2 * i] = static_cast<float>((pair[i] & 0xf) - 8) * factor;
      into[2 * i + 1] = static_cast<float>((pair[i] >> 4) - 8) * factor;
    }
    if ((stop - start) % 2 != 0) {
      into[2 * pairs] = static_cast<float>((pair[pairs] & 0xf) - 8) * factor;
    }
    start = stop;
  }
}

}  // namespace longcat
