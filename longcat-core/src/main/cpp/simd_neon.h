// Eight numbers at a time in two vectors of NEON, as every 64-bit Arm processor has them: so sums
// are those of AVX2 bit for bit, and 32 registers hold as much as 16 of twice the size.
#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "kernels.h"
#include "number_formats.h"

namespace longcat {

struct NeonSimd {
  static constexpr int kWidth = 8;
  static constexpr int kWeightRows = 2;
  // Rows of a weight that go on together with so many rows of inputs, and those of a panel.
  static constexpr int together(int rows) { return rows <= 4 ? 2 : 1; }
  static constexpr int kPanelRows = 2;
  static constexpr int kMixVectors = 2;
  struct Vec {
    float32x4_t low;
    float32x4_t high;
  };

  static void keep(Vec& v) { asm("" : "+w"(v.low), "+w"(v.high)); }
  // What an addition that follows shall not be joined with, because it would then round once.
  static Vec rounded(Vec v) {
    keep(v);
    return v;
  }
  static Vec set(float value) {
    float32x4_t four = vdupq_n_f32(value);
    return {four, four};
  }
  static Vec load(const float* from) { return {vld1q_f32(from), vld1q_f32(from + 4)}; }
  static Vec load(const float* from, int count) {
    float whole[kWidth] = {};
    std::memcpy(whole, from, sizeof(float) * static_cast<size_t>(count));
    return load(whole);
  }
  static void store(float* into, Vec v) {
    vst1q_f32(into, v.low);
    vst1q_f32(into + 4, v.high);
  }
  static void store(float* into, Vec v, int count) {
    float whole[kWidth];
    store(whole, v);
    std::memcpy(into, whole, sizeof(float) * static_cast<size_t>(count));
  }
  static Vec add(Vec a, Vec b) { return {vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high)}; }
  static Vec mul(Vec a, Vec b) { return {vmulq_f32(a.low, b.low), vmulq_f32(a.high, b.high)}; }
  static Vec max(Vec a, Vec b) { return {vmaxq_f32(a.low, b.low), vmaxq_f32(a.high, b.high)}; }
  static Vec div(Vec a, Vec b) { return {vdivq_f32(a.low, b.low), vdivq_f32(a.high, b.high)}; }
  static Vec fma(Vec a, Vec b, Vec c) {
    return {vfmaq_f32(c.low, a.low, b.low), vfmaq_f32(c.high, a.high, b.high)};
  }
  static Vec round(Vec v) { return {vrndnq_f32(v.low), vrndnq_f32(v.high)}; }
  // Whether all numbers are, and none is NaN.
  static bool within(Vec v, float limit) {
    float32x4_t bound = vdupq_n_f32(limit);
    return vminvq_u32(vandq_u32(vcaleq_f32(v.low, bound), vcaleq_f32(v.high, bound))) != 0;
  }

  static Vec exp(Vec x) { return {exp(x.low), exp(x.high)}; }

  static float sum(Vec v) {
    float32x4_t four = vaddq_f32(v.low, v.high);
    return vaddv_f32(vadd_f32(vget_low_f32(four), vget_high_f32(four)));
  }

  static Vec decode_f32(const uint8_t* from) {
    return {vreinterpretq_f32_u8(vld1q_u8(from)), vreinterpretq_f32_u8(vld1q_u8(from + 16))};
  }
  static Vec decode_bf16(const uint8_t* from) {
    uint16x8_t numbers = vreinterpretq_u16_u8(vld1q_u8(from));
    uint16x8_t none = vdupq_n_u16(0);
    return {vreinterpretq_f32_u16(vzip1q_u16(none, numbers)),
            vreinterpretq_f32_u16(vzip2q_u16(none, numbers))};
  }
  static Vec decode_f16(const uint8_t* from) {
    return widened(vreinterpretq_f16_u8(vld1q_u8(from)));
  }
  static Vec decode_fp8(const uint8_t* from) {
    // Sign-extended and shifted, the sign is in bits 15 and 14: there it is one bit too many.
    int16x8_t wide = vshll_n_s8(vreinterpret_s8_u8(vld1_u8(from)), 7);
    return widened(vreinterpretq_f16_s16(vandq_s16(wide, vdupq_n_s16(~0x4000))));
  }

  // Columns that are decoded at once, and columns that have a scale in common.
  template <int kFormat>
  static constexpr int kStep = kFormat == LONGCAT_INT4   ? kInt4Group
                               : kFormat == LONGCAT_INT8 ? 2 * kWidth
                                                         : kWidth;
  template <int kFormat>
  static constexpr int kFold = kFormat == LONGCAT_INT4 ? kInt4Group : kChunk;
  static constexpr float kChunkFp8Factor = kFp8Factor;
  template <int kFormat>
  static constexpr bool kHalves = true;
  template <int kFormat>
  static constexpr bool kColumns = true;

  template <int kFormat>
  static void decode_chunk(const uint8_t* from, Vec* v) {
    if constexpr (kFormat == LONGCAT_F32) *v = decode_f32(from);
    if constexpr (kFormat == LONGCAT_BF16) *v = decode_bf16(from);
    if constexpr (kFormat == LONGCAT_F16) *v = decode_f16(from);
    if constexpr (kFormat == LONGCAT_FP8) *v = decode_fp8(from);
    if constexpr (kFormat == LONGCAT_INT8) put_integers(vreinterpretq_s8_u8(vld1q_u8(from)), v);
    if constexpr (kFormat == LONGCAT_INT4) {
      uint8x16_t pairs = vld1q_u8(from);
      uint8x16_t even = vandq_u8(pairs, vdupq_n_u8(0xf));
      uint8x16_t odd = vshrq_n_u8(pairs, 4);
      int8x16_t middle = vdupq_n_s8(8);
      put_integers(vsubq_s8(vreinterpretq_s8_u8(vzip1q_u8(even, odd)), middle), v);
      put_integers(vsubq_s8(vreinterpretq_s8_u8(vzip2q_u8(even, odd)), middle), v + 2);
    }
  }

  template <int kFormat>
  static constexpr bool kArranged = false;

  template <int kFormat>
  static Vec scale(const uint8_t* scales, int fold) {
    return set(chunk_scale<kFormat>(scales, fold));
  }

  template <int kFormat>
  static constexpr const uint8_t* order() {
    return nullptr;
  }

  struct IntVec {
    int32x4_t low;
    int32x4_t high;
  };
  struct Bytes {
    int8x16_t low;
    int8x16_t high;
  };

  static IntVec int_zero() { return {vdupq_n_s32(0), vdupq_n_s32(0)}; }
  static IntVec int_sub(IntVec a, IntVec b) {
    return {vsubq_s32(a.low, b.low), vsubq_s32(a.high, b.high)};
  }
  static Vec to_float(IntVec v) { return {vcvtq_f32_s32(v.low), vcvtq_f32_s32(v.high)}; }
  static Bytes load_bytes(const int8_t* from) { return {vld1q_s8(from), vld1q_s8(from + 16)}; }
  using ByteSums = IntVec;
  // Products of four columns that are added up before they are widened, which they are at once.
  static constexpr int64_t kByteFold = INT64_MAX;
  static ByteSums byte_zero() { return int_zero(); }
  static IntVec fold_bytes(IntVec sums, ByteSums parts) {
    return {vaddq_s32(sums.low, parts.low), vaddq_s32(sums.high, parts.high)};
  }
  // Adds the products of four columns of a row, none above 127, with those of each head.
  static IntVec dot_bytes(IntVec sums, int32_t four, Bytes query) {
    int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(four));
    return {vaddq_s32(sums.low, dot_half(x, query.low)),
            vaddq_s32(sums.high, dot_half(x, query.high))};
  }
  static int32x4_t dot_half(int8x16_t x, int8x16_t query) {
    int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(query));
    int16x8_t high = vmull_s8(vget_high_s8(x), vget_high_s8(query));
    return vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high));
  }

  // Rows become columns.
  static void turn(Vec (&v)[kWidth]) {
    float32x4_t corner[4];
    for (int i = 0; i < 4; i++) corner[i] = v[i].high;
    for (int i = 0; i < 4; i++) v[i].high = v[i + 4].low;
    for (int i = 0; i < 4; i++) v[i + 4].low = corner[i];
    turn(v[0].low, v[1].low, v[2].low, v[3].low);
    turn(v[0].high, v[1].high, v[2].high, v[3].high);
    turn(v[4].low, v[5].low, v[6].low, v[7].low);
    turn(v[4].high, v[5].high, v[6].high, v[7].high);
  }

  static void prefetch(const uint8_t* from) { __builtin_prefetch(from); }

  // out[i] = the sum of v[i], added up as sum does it.
  template <int kCount>
  static void sums(const Vec* v, float* out) {
    int i = 0;
    for (; i + 4 <= kCount; i += 4) {
      float32x4_t first = halves(four(v[i]), four(v[i + 1]));
      float32x4_t second = halves(four(v[i + 2]), four(v[i + 3]));
      vst1q_f32(out + i, vpaddq_f32(first, second));
    }
    for (; i < kCount; i++) out[i] = sum(v[i]);
  }

 private:
  static Vec widened(float16x8_t v) {
    return {vcvt_f32_f16(vget_low_f16(v)), vcvt_high_f32_f16(v)};
  }
  static Vec numbers(int16x8_t v) {
    return {vcvtq_f32_s32(vmovl_s16(vget_low_s16(v))), vcvtq_f32_s32(vmovl_high_s16(v))};
  }
  static void put_integers(int8x16_t v, Vec* into) {
    into[0] = numbers(vmovl_s8(vget_low_s8(v)));
    into[1] = numbers(vmovl_high_s8(v));
  }

  static float32x4_t exp(float32x4_t x) {
    auto all = [](float value) { return vdupq_n_f32(value); };
    x = vminq_f32(all(88.7f), vmaxq_f32(all(-104.f), x));
    float32x4_t n = vrndnq_f32(vmulq_f32(x, all(1.44269504f)));
    float32x4_t r = vfmsq_f32(x, n, all(0.693359375f));
    r = vfmsq_f32(r, n, all(-2.12194440e-4f));
    float32x4_t p = all(1.9875691500e-4f);
    p = vfmaq_f32(all(1.3981999507e-3f), p, r);
    p = vfmaq_f32(all(8.3334519073e-3f), p, r);
    p = vfmaq_f32(all(4.1665795894e-2f), p, r);
    p = vfmaq_f32(all(1.6666665459e-1f), p, r);
    p = vfmaq_f32(all(5.0000001201e-1f), p, r);
    p = vaddq_f32(vfmaq_f32(r, p, vmulq_f32(r, r)), all(1));
    // Two factors, because 2^128 is no F32.
    int32x4_t whole = vcvtq_s32_f32(n);
    int32x4_t half = vshrq_n_s32(whole, 1);
    return vmulq_f32(vmulq_f32(p, power_of_two(half)), power_of_two(vsubq_s32(whole, half)));
  }
  static float32x4_t power_of_two(int32x4_t exponent) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(exponent, vdupq_n_s32(127)), 23));
  }

  static float32x4_t four(Vec v) { return vaddq_f32(v.low, v.high); }
  // The lower and the upper half of each, added.
  static float32x4_t halves(float32x4_t a, float32x4_t b) {
    float64x2_t left = vreinterpretq_f64_f32(a);
    float64x2_t right = vreinterpretq_f64_f32(b);
    return vaddq_f32(vreinterpretq_f32_f64(vzip1q_f64(left, right)),
                     vreinterpretq_f32_f64(vzip2q_f64(left, right)));
  }
  static void turn(float32x4_t& a, float32x4_t& b, float32x4_t& c, float32x4_t& d) {
    float64x2_t ab_even = vreinterpretq_f64_f32(vtrn1q_f32(a, b));
    float64x2_t ab_odd = vreinterpretq_f64_f32(vtrn2q_f32(a, b));
    float64x2_t cd_even = vreinterpretq_f64_f32(vtrn1q_f32(c, d));
    float64x2_t cd_odd = vreinterpretq_f64_f32(vtrn2q_f32(c, d));
    a = vreinterpretq_f32_f64(vzip1q_f64(ab_even, cd_even));
    b = vreinterpretq_f32_f64(vzip1q_f64(ab_odd, cd_odd));
    c = vreinterpretq_f32_f64(vzip2q_f64(ab_even, cd_even));
    d = vreinterpretq_f32_f64(vzip2q_f64(ab_odd, cd_odd));
  }
};

}  // namespace longcat
