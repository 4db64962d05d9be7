// Eight numbers at a time with AVX2, FMA and F16C.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>
#include <utility>

#include "chunk_order.h"
#include "kernels.h"
#include "number_formats.h"

namespace longcat {

struct Avx2Simd {
  static constexpr int kWidth = 8;
  static constexpr int kWeightRows = 4;
  // Rows of a weight that go on together with so many rows of inputs, and those of a panel.
  static constexpr int together(int rows) { return rows == 1 ? 4 : rows <= 4 ? 2 : 1; }
  static constexpr int kPanelRows = 2;
  static constexpr int kMixVectors = 2;
  using Vec = __m256;

  static void keep(Vec& v) { asm("" : "+x"(v)); }
  // What an addition that follows shall not be joined with, because it would then round once.
  static Vec rounded(Vec v) {
    keep(v);
    return v;
  }
  static Vec set(float value) { return _mm256_set1_ps(value); }
  static Vec load(const float* from) { return _mm256_loadu_ps(from); }
  static Vec load(const float* from, int count) { return _mm256_maskload_ps(from, mask(count)); }
  static void store(float* into, Vec v) { _mm256_storeu_ps(into, v); }
  static void store(float* into, Vec v, int count) { _mm256_maskstore_ps(into, mask(count), v); }
  static Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
  static Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
  static Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
  static Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
  static Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
  static Vec round(Vec v) {
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  // Whether all numbers are, and none is NaN.
  static bool within(Vec v, float limit) {
    Vec size = _mm256_andnot_ps(set(-0.f), v);
    return _mm256_movemask_ps(_mm256_cmp_ps(size, set(limit), _CMP_LE_OQ)) == 0xff;
  }

  static Vec exp(Vec x) {
    // With the limits first, NaN passes through.
    x = _mm256_min_ps(set(88.7f), _mm256_max_ps(set(-104.f), x));
    Vec n = _mm256_round_ps(_mm256_mul_ps(x, set(1.44269504f)),
                            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    Vec r = _mm256_fnmadd_ps(n, set(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, set(-2.12194440e-4f), r);
    Vec p = set(1.9875691500e-4f);
    p = fma(p, r, set(1.3981999507e-3f));
    p = fma(p, r, set(8.3334519073e-3f));
    p = fma(p, r, set(4.1665795894e-2f));
    p = fma(p, r, set(1.6666665459e-1f));
    p = fma(p, r, set(5.0000001201e-1f));
    p = add(fma(p, mul(r, r), r), set(1));
    // Two factors, because 2^128 is no F32.
    __m256i whole = _mm256_cvtps_epi32(n);
    __m256i half = _mm256_srai_epi32(whole, 1);
    return mul(mul(p, power_of_two(half)), power_of_two(_mm256_sub_epi32(whole, half)));
  }

  static float sum(Vec v) {
    __m128 s = halves_added(v);
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    s = _mm_add_ss(s, _mm_shuffle_ps(s, s, 1));
    return _mm_cvtss_f32(s);
  }

  static Vec decode_f32(const uint8_t* from) {
    return _mm256_castsi256_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static Vec decode_bf16(const uint8_t* from) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(load_128(from)), 16));
  }
  static Vec decode_f16(const uint8_t* from) { return _mm256_cvtph_ps(load_128(from)); }
  static Vec decode_fp8(const uint8_t* from) {
    __m128i wide =
        _mm_cvtepi8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
    // Sign-extended and shifted, the sign is in bits 15 and 14: there it is one bit too many.
    return _mm256_cvtph_ps(_mm_and_si128(_mm_slli_epi16(wide, 7), _mm_set1_epi16(~0x4000)));
  }
  static Vec decode_int8(const uint8_t* from) {
    return _mm256_cvtepi32_ps(
        _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
  }
  static Vec decode_int4(const uint8_t* from) {
    int32_t eight;
    std::memcpy(&eight, from, sizeof eight);
    __m256i codes = _mm256_srlv_epi32(_mm256_set1_epi32(eight),
                                      _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28));
    codes = _mm256_and_si256(codes, _mm256_set1_epi32(0xf));
    return _mm256_cvtepi32_ps(_mm256_sub_epi32(codes, _mm256_set1_epi32(8)));
  }

  // Columns that are decoded at once, and columns that have a scale in common.
  template <int kFormat>
  static constexpr int kStep = kFormat == LONGCAT_BF16 ? 2 * kWidth : kWidth;
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
    if constexpr (kFormat == LONGCAT_BF16) decode_pairs(from, v);
    if constexpr (kFormat == LONGCAT_F16) *v = decode_f16(from);
    if constexpr (kFormat == LONGCAT_FP8) *v = decode_fp8(from);
    if constexpr (kFormat == LONGCAT_INT8) *v = decode_int8(from);
    if constexpr (kFormat == LONGCAT_INT4) *v = decode_int4(from);
  }

  template <int kFormat>
  static constexpr bool kArranged = false;

  template <int kFormat>
  static Vec scale(const uint8_t* scales, int fold) {
    return set(chunk_scale<kFormat>(scales, fold));
  }

  template <int kFormat>
  static constexpr const uint8_t* order() {
    return kFormat == LONGCAT_BF16 ? kNarrowPairOrder.from : nullptr;
  }

  using IntVec = __m256i;
  using Bytes = __m256i;

  static IntVec int_zero() { return _mm256_setzero_si256(); }
  static IntVec int_sub(IntVec a, IntVec b) { return _mm256_sub_epi32(a, b); }
  using ByteSums = __m256i;
  // Products of four columns that are added up before they are widened: 8 times 2 of 127 by 15.
  static constexpr int64_t kByteFold = 8;
  static ByteSums byte_zero() { return _mm256_setzero_si256(); }
  static Vec to_float(IntVec v) { return _mm256_cvtepi32_ps(v); }
  static Bytes load_bytes(const int8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  // Adds the products of four columns of a row with those of each head, pair by pair.
  static ByteSums dot_bytes(ByteSums sums, int32_t four, Bytes query) {
    return _mm256_add_epi16(sums, _mm256_maddubs_epi16(_mm256_set1_epi32(four), query));
  }
  static IntVec fold_bytes(IntVec sums, ByteSums pairs) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }

  // Rows become columns.
  static void turn(Vec (&v)[kWidth]) {
    float square[kWidth * kWidth];
    for (int i = 0; i < kWidth; i++) store(square + i * kWidth, v[i]);
    for (int i = 0; i < kWidth; i++) {
      for (int k = i + 1; k < kWidth; k++) std::swap(square[i * kWidth + k], square[k * kWidth + i]);
    }
    for (int i = 0; i < kWidth; i++) v[i] = load(square + i * kWidth);
  }

  static void prefetch(const uint8_t* from) {
    _mm_prefetch(reinterpret_cast<const char*>(from), _MM_HINT_T0);
  }
  // out[i] = the sum of v[i], added up as sum does it, four side by side.
  template <int kCount>
  static void sums(const Vec* v, float* out) {
    int i = 0;
    for (; i + 4 <= kCount; i += 4) {
      __m128 a = halves_added(v[i]), b = halves_added(v[i + 1]);
      __m128 c = halves_added(v[i + 2]), d = halves_added(v[i + 3]);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      _mm_storeu_ps(out + i, _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d)));
    }
    for (; i < kCount; i++) out[i] = sum(v[i]);
  }

 private:
  // Two BF16 in each lane: the low one, the high one.
  static void decode_pairs(const uint8_t* from, Vec* v) {
    __m256i pairs = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    v[0] = _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16));
    v[1] = _mm256_castsi256_ps(
        _mm256_and_si256(pairs, _mm256_set1_epi32(static_cast<int>(0xffff0000))));
  }
  static __m128 halves_added(Vec v) {
    return _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  }
  static __m256i mask(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static __m128i load_128(const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static Vec power_of_two(__m256i exponent) {
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_add_epi32(exponent, _mm256_set1_epi32(127)), 23));
  }
};

}  // namespace longcat
