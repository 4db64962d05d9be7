// A model of dot products of pairs of BF16 in plain C++.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels.h"
#include "number_formats.h"
#include "tile_kernels.h"

namespace longcat {

// What Intel's manual says of vdpbf16ps: the second numbers of a pair are multiplied and added, then
// the first ones, each to the nearest, halves to even; what is below the normal numbers is zero.
struct ModelPairs {
  struct Sums {
    float lane[kPairLanes];
  };
  struct Pairs {
    uint16_t first[kPairLanes];
    uint16_t second[kPairLanes];
  };

  static Sums zero() { return {}; }
  static Pairs load(const uint8_t* from) {
    Pairs pairs;
    for (int i = 0; i < kPairLanes; i++) {
      pairs.first[i] = load_u16(from + 4 * i);
      pairs.second[i] = load_u16(from + 4 * i + 2);
    }
    return pairs;
  }
  // The same pair in all lanes.
  static Pairs pair(const uint8_t* at) {
    Pairs pairs;
    for (int i = 0; i < kPairLanes; i++) {
      pairs.first[i] = load_u16(at);
      pairs.second[i] = load_u16(at + 2);
    }
    return pairs;
  }
  static Sums dot(const Sums& sums, const Pairs& a, const Pairs& b) {
    Sums out;
    for (int i = 0; i < kPairLanes; i++) {
      float sum = multiply_add(a.second[i], b.second[i], sums.lane[i]);
      out.lane[i] = multiply_add(a.first[i], b.first[i], sum);
    }
    return out;
  }
  // totals[i] = sums[i] * scale, added to what is there unless they start; for the first lanes.
  static void add(float* totals, const Sums& sums, float scale, bool start, int lanes) {
    for (int i = 0; i < lanes; i++) {
      totals[i] = fused(sums.lane[i], scale, start ? 0 : totals[i]);
    }
  }
  // Entry j of row i, from a byte on, becomes entry i of row j, entries being pairs of BF16.
  static void turn(const uint8_t* const* rows, int64_t at, uint8_t* into, int64_t stride) {
    for (int j = 0; j < kPairLanes; j++) {
      for (int i = 0; i < kPairLanes; i++) {
        std::memcpy(into + j * stride + 4 * i, rows[i] + at + 4 * j, 4);
      }
    }
  }
  // A chunk of E4M3 as BF16, divided by what generic kernels multiply scales with.
  static void widen(const uint8_t* from, uint8_t* into) {
    for (int64_t i = 0; i < kChunk; i++) {
      store(into + 2 * i, fp8_to_float_by_256(from[i]));
    }
  }
  // A chunk of F32 as BF16, to the nearest, halves to even; what is not a number stays none.
  static void round(const float* from, uint8_t* into) {
    for (int64_t i = 0; i < kChunk; i++) {
      uint32_t bits;
      std::memcpy(&bits, from + i, sizeof bits);
      if ((bits & 0x7fffffff) > 0x7f800000) bits |= 0x00400000;
      store(into + 2 * i, round_to_bf16(bits_to_float(bits)));
    }
  }
  static void prefetch(const uint8_t*) {}

 private:
  static void store(uint8_t* into, float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    uint16_t high = static_cast<uint16_t>(bits >> 16);
    std::memcpy(into, &high, sizeof high);
  }
  static float flushed(float value) {
    return value > -kSmallestNormal && value < kSmallestNormal ? 0 * value : value;
  }
  static float multiply_add(uint16_t a, uint16_t b, float sum) {
    float x = flushed(bf16_to_float(a));
    float y = flushed(bf16_to_float(b));
    return flushed(fused(x, y, flushed(sum)));
  }
  // What fma gives where the product has 48 digits at most, as here: in a double it is exact, and
  // rounded twice differs from once too seldom and too little for a model.
  static float fused(float a, float b, float addend) {
    return static_cast<float>(static_cast<double>(a) * b + addend);
  }
};

}  // namespace longcat
