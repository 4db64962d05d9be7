// Numbers as checkpoints and caches keep them, to F32 and back.
#pragma once

#include "device.h"

namespace longcat::device {

DEVICE float from_bf16(u16 bits) { return bits_to_float(static_cast<u32>(bits) << 16); }

// To nearest, halves to even; what is not a number stays one.
DEVICE u16 to_bf16(float value) {
  u32 bits = float_to_bits(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<u16>(bits >> 16 | 0x40u);
  return static_cast<u16>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

// Two numbers that BF16 has, in the halves of a word.
DEVICE u32 pack_high(float low, float high) {
  return float_to_bits(low) >> 16 | (float_to_bits(high) & 0xffff0000u);
}

DEVICE float from_half(u16 bits) {
  u32 sign = static_cast<u32>(bits) >> 15 << 31;
  u32 exponent = bits >> 10 & 0x1fu;
  u32 mantissa = bits & 0x3ffu;
  if (exponent == 0) {
    float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return bits_to_float(sign | float_to_bits(magnitude));
  }
  u32 widened = exponent == 31 ? 0xffu : exponent + 112;
  return bits_to_float(sign | widened << 23 | mantissa << 13);
}

// E4M3 has no infinities; 0x7f and 0xff are not numbers.
DEVICE float from_fp8(u8 bits) {
  u32 sign = static_cast<u32>(bits & 0x80u) << 24;
  u32 rest = bits & 0x7fu;
  if (rest == 0x7fu) return bits_to_float(sign | 0x7fc00000u);
  // As an F32 with the exponent too small by 120, which the factor makes up for.
  return bits_to_float(sign | rest << 20) * 0x1p120f;
}

// To nearest, halves to even; what is too large, or no number, becomes the largest.
DEVICE u8 to_fp8(float value) {
  u32 bits = float_to_bits(value);
  u32 sign = bits >> 31 << 7;
  bits &= 0x7fffffffu;
  float magnitude = bits_to_float(bits);
  if (!(magnitude < 448.0f)) return static_cast<u8>(sign | 0x7eu);
  if (magnitude < 0x1p-6f) {
    // Steps of 2^-9: what is added pushes the rest of the fraction out.
    u32 count = float_to_bits(magnitude * 0x1p9f + 0x1p23f);
    return static_cast<u8>(sign | (count & 0xfu));
  }
  u32 rounded = bits + 0x7ffffu + (bits >> 20 & 1u);
  return static_cast<u8>(sign | ((rounded >> 20) - (120u << 3)));
}

// Of inputs that become E4M3: what their codes are multiplied with, from the bits of the largest
// magnitude; no number where that is none.
DEVICE float fp8_scale(u32 largest_bits) {
  if (largest_bits >= 0x7f800000u) return bits_to_float(0x7fc00000u);
  float scale = divide_f(bits_to_float(largest_bits), 448.0f);
  return scale < 0x1p-126f ? 0x1p-126f : scale;
}

}  // namespace longcat::device
