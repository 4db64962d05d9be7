// Products of INT4 with inputs in fixed point: sums of bytes four at a time, with AVX-512 VNNI and GFNI.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels.h"

namespace longcat {

// A chunk of inputs is 24-bit multiples of a power of two, in three terms of a byte each: for
// each term the even columns, then the odd ones. Then follow, for each lane, what makes up for codes
// that count from zero instead of -8, and the factor. It takes no more room than the same in F32.
struct VnniInt4 {
  static constexpr int kTerms = 3;
  static constexpr int64_t kHalf = kChunk / 2;
  static constexpr int64_t kOffsets = kTerms * kChunk;
  static constexpr int64_t kFactor = kOffsets + 64;
  // The largest number whose terms are bytes.
  static constexpr int32_t kLargest = 0x7f7f7f;
  static_assert(kFactor + 64 <= kChunk * 4 && kHalf == 64 && kHalf == kHalfChunk);

  // The numbers of a lane are eight neighbouring columns. Infinity makes NaN. Halves have factors of
  // their own.
  static void arrange(const float* from, bool halves, float* out) {
    if (!halves) {
      arrange(from, kChunk, 0, out);
    } else {
      arrange(from, kHalf, 0, out);
      arrange(from + kHalf, kHalf, kHalf, out);
    }
    auto* bytes = reinterpret_cast<int8_t*>(out);
    _mm512_storeu_si512(bytes + kOffsets, _mm512_setzero_si512());
    __m512i eights = _mm512_set1_epi8(8);
    __m512i offsets = _mm512_sub_epi32(_mm512_setzero_si512(), dot(eights, eights, bytes));
    _mm512_storeu_si512(bytes + kOffsets, offsets);
  }

  // What 128 codes and a chunk of inputs add up to, for each lane, without scales.
  static __m512 multiply(__m512i codes, const float* chunk) {
    __m512i mask = _mm512_set1_epi8(0xf);
    __m512i even = _mm512_and_si512(codes, mask);
    // The upper four bits of every byte become the lower ones.
    __m512i odd = _mm512_gf2p8affine_epi64_epi8(codes, _mm512_set1_epi64(0x1020408000000000), 0);
    return _mm512_cvtepi32_ps(dot(even, odd, reinterpret_cast<const int8_t*>(chunk)));
  }

  static __m512 factor(const float* chunk) { return _mm512_loadu_ps(chunk + kFactor / 4); }

 private:
  // Numbers that have a factor in common, the columns from one on.
  static void arrange(const float* from, int64_t count, int64_t first, float* out) {
    float most = largest(from, count);
    bool sound = most > 0 && most < __builtin_inff();
    int exponent = sound ? exponent_of(most) : 0;
    __m512 steps = _mm512_set1_ps(sound ? __builtin_ldexpf(1, -exponent) : 0);
    auto* bytes = reinterpret_cast<int8_t*>(out) + first / 2;
    for (int64_t i = 0; i < count; i += 32) {
      __m512i a = fixed(_mm512_loadu_ps(from + i), steps);
      __m512i b = fixed(_mm512_loadu_ps(from + i + 16), steps);
      store_terms(_mm512_permutex2var_epi32(a, evens(), b), bytes + i / 2);
      store_terms(_mm512_permutex2var_epi32(a, odds(), b), bytes + i / 2 + kHalf);
    }
    // Nothing but zeros, or not finite.
    float factor = sound ? __builtin_ldexpf(1, exponent) : most * 0;
    float* factors = out + kFactor / 4 + first / 8;
    for (int64_t i = 0; i < count / 8; i++) factors[i] = factor;
  }

  static __m512i dot(__m512i even, __m512i odd, const int8_t* bytes) {
    __m512i sum = term(_mm512_setzero_si512(), even, odd, bytes);
    sum = term(_mm512_slli_epi32(sum, 8), even, odd, bytes + kChunk);
    __m512i low = term(_mm512_loadu_si512(bytes + kOffsets), even, odd, bytes + 2 * kChunk);
    return _mm512_add_epi32(_mm512_slli_epi32(sum, 8), low);
  }
  static __m512i term(__m512i sum, __m512i even, __m512i odd, const int8_t* bytes) {
    sum = _mm512_dpbusd_epi32(sum, even, _mm512_loadu_si512(bytes));
    return _mm512_dpbusd_epi32(sum, odd, _mm512_loadu_si512(bytes + kHalf));
  }
  static __m512i fixed(__m512 v, __m512 steps) {
    __m512 limit = _mm512_set1_ps(static_cast<float>(kLargest));
    __m512 scaled = _mm512_max_ps(_mm512_min_ps(_mm512_mul_ps(v, steps), limit),
                                  _mm512_sub_ps(_mm512_setzero_ps(), limit));
    return _mm512_cvtps_epi32(scaled);
  }
  // Sixteen numbers as three bytes with signs, the highest term first.
  static void store_terms(__m512i v, int8_t* into) {
    __m512i low = _mm512_srai_epi32(_mm512_slli_epi32(v, 24), 24);
    v = _mm512_srai_epi32(_mm512_sub_epi32(v, low), 8);
    __m512i middle = _mm512_srai_epi32(_mm512_slli_epi32(v, 24), 24);
    v = _mm512_srai_epi32(_mm512_sub_epi32(v, middle), 8);
    store_bytes(v, into);
    store_bytes(middle, into + kChunk);
    store_bytes(low, into + 2 * kChunk);
  }
  static void store_bytes(__m512i v, int8_t* into) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(into), _mm512_cvtepi32_epi8(v));
  }
  static __m512i evens() {
    return _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  }
  static __m512i odds() { return _mm512_add_epi32(evens(), _mm512_set1_epi32(1)); }
  // Of the power of two that makes the largest number fit, and small numbers keep their bits.
  static int exponent_of(float most) {
    // Where a factor or its inverse would leave the normal numbers, bits of tiny numbers are lost.
    constexpr int kSmallest = -100;
    int exponent = 0;
    __builtin_frexpf(most, &exponent);
    exponent = (exponent < kSmallest ? kSmallest : exponent) - 23;
    bool fits = __builtin_ldexpf(most, -exponent) <= static_cast<float>(kLargest);
    return fits ? exponent : exponent + 1;
  }
  // By magnitude; infinity also where there is NaN.
  static float largest(const float* from, int64_t count) {
    __m512 most = _mm512_setzero_ps();
    __mmask16 odd = 0;
    for (int64_t i = 0; i < count; i += 16) {
      __m512 v = _mm512_loadu_ps(from + i);
      odd |= _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
      most = _mm512_max_ps(most, _mm512_abs_ps(v));
    }
    return odd != 0 ? __builtin_inff() : _mm512_reduce_max_ps(most);
  }
};

}  // namespace longcat
