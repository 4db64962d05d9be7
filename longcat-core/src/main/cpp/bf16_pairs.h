// Dot products of pairs of BF16 as AVX-512 has them.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels.h"
#include "simd_avx512.h"
#include "tile_kernels.h"

namespace longcat {

struct HardwarePairs {
  using Simd = Avx512Simd<true>;
  using Sums = __m512;
  using Pairs = __m512i;

  static Sums zero() { return _mm512_setzero_ps(); }
  static Pairs load(const uint8_t* from) { return _mm512_load_si512(from); }
  static Pairs pair(const uint8_t* at) {
    int32_t both;
    __builtin_memcpy(&both, at, sizeof both);
    return _mm512_set1_epi32(both);
  }
  static Sums dot(Sums sums, Pairs a, Pairs b) {
    return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }
  static void add(float* totals, Sums sums, float scale, bool start, int lanes) {
    __mmask16 there = static_cast<__mmask16>((1u << lanes) - 1);
    __mmask16 before = start ? __mmask16{0} : there;
    __m512 total = _mm512_maskz_loadu_ps(before, totals);
    _mm512_mask_storeu_ps(totals, there, _mm512_fmadd_ps(sums, _mm512_set1_ps(scale), total));
  }
  // Quarters of rows 4 apart are loaded side by side, so that nothing crosses from one quarter of a
  // vector to another afterwards.
  static void turn(const uint8_t* const* rows, int64_t at, uint8_t* into, int64_t stride) {
    for (int quarter = 0; quarter < 4; quarter++) {
      __m512i a[4];
      for (int i = 0; i < 4; i++) a[i] = quarters(rows + i, at + 16 * quarter);
      __m512i low = _mm512_unpacklo_epi32(a[0], a[1]);
      __m512i high = _mm512_unpackhi_epi32(a[0], a[1]);
      __m512i low_below = _mm512_unpacklo_epi32(a[2], a[3]);
      __m512i high_below = _mm512_unpackhi_epi32(a[2], a[3]);
      uint8_t* out = into + 4 * quarter * stride;
      _mm512_store_si512(out, _mm512_unpacklo_epi64(low, low_below));
      _mm512_store_si512(out + stride, _mm512_unpackhi_epi64(low, low_below));
      _mm512_store_si512(out + 2 * stride, _mm512_unpacklo_epi64(high, high_below));
      _mm512_store_si512(out + 3 * stride, _mm512_unpackhi_epi64(high, high_below));
    }
  }
  static void widen(const uint8_t* from, uint8_t* into) {
    for (int64_t i = 0; i < kChunk; i += 64) {
      __m512i wide[2];
      Simd::fp8_as_bf16(_mm512_loadu_si512(from + i), wide);
      _mm512_store_si512(into + 2 * i, wide[0]);
      _mm512_store_si512(into + 2 * i + 64, wide[1]);
    }
  }
  // Not vcvtneps2bf16, which takes what is below the normal numbers for zero.
  static void round(const float* from, uint8_t* into) {
    for (int64_t i = 0; i < kChunk; i += 16) {
      __m512i bits = _mm512_loadu_si512(from + i);
      __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
      __m512i sum = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
      __mmask16 none = _mm512_fpclass_ps_mask(_mm512_castsi512_ps(bits), 0x81);
      sum = _mm512_mask_or_epi32(sum, none, bits, _mm512_set1_epi32(0x00400000));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(into + 2 * i),
                          _mm512_cvtepi32_epi16(_mm512_srli_epi32(sum, 16)));
    }
  }
  static void prefetch(const uint8_t* at) { Simd::prefetch(at); }

 private:
  static __m512i quarters(const uint8_t* const* rows, int64_t at) {
    __m512i all = _mm512_castsi128_si512(load_128(rows[0] + at));
    all = _mm512_mask_broadcast_i32x4(all, 0x00f0, load_128(rows[4] + at));
    all = _mm512_mask_broadcast_i32x4(all, 0x0f00, load_128(rows[8] + at));
    return _mm512_mask_broadcast_i32x4(all, 0xf000, load_128(rows[12] + at));
  }
  static __m128i load_128(const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
};

}  // namespace longcat
