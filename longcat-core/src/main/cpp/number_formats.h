// Numbers of checkpoints to F32, one at a time.
#pragma once

#include <cstdint>
#include <cstring>

#include "longcat_cpu.h"

namespace longcat {

// FP8 E4M3 is decoded by way of F16, whose exponent is larger by 8; scales make up for it.
constexpr float kFp8Factor = 256;

inline uint16_t load_u16(const uint8_t* from) {
  uint16_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline float bits_to_float(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline float load_f32(const uint8_t* from) {
  float value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline float bf16_to_float(uint16_t bits) { return bits_to_float(uint32_t{bits} << 16); }

// To nearest, halves to even; what is not a number stays as it is.
inline float round_to_bf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000) return value;
  return bits_to_float((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000);
}

// Number fold of the scales of a chunk.
template <int kFormat>
float chunk_scale(const uint8_t* scales, int fold) {
  if constexpr (kFormat == LONGCAT_FP8) return load_f32(scales + 4 * fold);
  return bf16_to_float(load_u16(scales + 2 * fold));
}

inline float f16_to_float(uint16_t bits) {
  uint32_t sign = uint32_t{bits} >> 15 << 31;
  uint32_t exponent = bits >> 10 & 0x1f;
  uint32_t mantissa = bits & 0x3ff;
  if (exponent == 0) {
    float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  uint32_t widened = exponent == 31 ? 0xff : exponent + 112;
  return bits_to_float(sign | widened << 23 | mantissa << 13);
}

constexpr float kFp8Largest = 448;
constexpr float kSmallestNormal = 0x1p-126f;

// To nearest, halves to even; what is too large becomes the largest.
inline uint8_t float_to_fp8(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  uint8_t sign = static_cast<uint8_t>(bits >> 31 << 7);
  bits &= 0x7fffffff;
  float magnitude = bits_to_float(bits);
  if (!(magnitude < kFp8Largest)) return static_cast<uint8_t>(sign | 0x7e);
  if (magnitude < 0x1p-6f) {
    // Steps of 2^-9: what is added pushes the rest of the fraction out.
    float steps = magnitude * 0x1p9f + 0x1p23f;
    uint32_t count;
    std::memcpy(&count, &steps, sizeof count);
    return static_cast<uint8_t>(sign | (count & 0xf));
  }
  uint32_t rounded = bits + 0x7ffff + (bits >> 20 & 1);
  return static_cast<uint8_t>(sign | ((rounded >> 20) - (120u << 3)));
}

// An FP8 E4M3 number divided by kFp8Factor.
inline float fp8_to_float_by_256(uint8_t bits) {
  return f16_to_float(static_cast<uint16_t>((bits & 0x80) << 8 | (bits & 0x7f) << 7));
}

}  // namespace longcat
