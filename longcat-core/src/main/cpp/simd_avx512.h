// Sixteen numbers at a time with AVX-512 (F, BW, VL, DQ).
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "number_formats.h"

namespace longcat {

struct Avx512Simd {
  static constexpr int kWidth = 16;
  static constexpr int kWeightRows = 4;
  static constexpr int kMixVectors = 4;
  using Vec = __m512;

  static Vec set(float value) { return _mm512_set1_ps(value); }
  static Vec load(const float* from) { return _mm512_loadu_ps(from); }
  static Vec load(const float* from, int count) {
    return _mm512_maskz_loadu_ps(mask(count), from);
  }
  static void store(float* into, Vec v) { _mm512_storeu_ps(into, v); }
  static void store(float* into, Vec v, int count) {
    _mm512_mask_storeu_ps(into, mask(count), v);
  }
  static Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
  static Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
  static Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
  static Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
  static Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }

  static Vec exp(Vec x) {
    // With the limits first, NaN passes through.
    x = _mm512_min_ps(set(88.8f), _mm512_max_ps(set(-104.f), x));
    Vec n = _mm512_roundscale_ps(_mm512_mul_ps(x, set(1.44269504f)),
                                 _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    Vec r = _mm512_fnmadd_ps(n, set(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, set(-2.12194440e-4f), r);
    Vec p = set(1.9875691500e-4f);
    p = fma(p, r, set(1.3981999507e-3f));
    p = fma(p, r, set(8.3334519073e-3f));
    p = fma(p, r, set(4.1665795894e-2f));
    p = fma(p, r, set(1.6666665459e-1f));
    p = fma(p, r, set(5.0000001201e-1f));
    p = add(fma(p, mul(r, r), r), set(1));
    return _mm512_scalef_ps(p, n);
  }

  static float sum(Vec v) {
    __m256 half = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    s = _mm_add_ss(s, _mm_shuffle_ps(s, s, 1));
    return _mm_cvtss_f32(s);
  }

  static Vec decode_f32(const uint8_t* from) { return _mm512_loadu_ps(from); }
  static Vec decode_bf16(const uint8_t* from) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(load_256(from)), 16));
  }
  static Vec decode_f16(const uint8_t* from) { return _mm512_cvtph_ps(load_256(from)); }
  static Vec decode_fp8(const uint8_t* from) {
    __m256i wide =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    // Sign-extended and shifted, the sign is in bits 15 and 14: there it is one bit too many.
    return _mm512_cvtph_ps(_mm256_and_si256(_mm256_slli_epi16(wide, 7), _mm256_set1_epi16(~0x4000)));
  }
  static void decode_two_fp8(const uint8_t* from, Vec (&v)[2]) {
    __m512i wide = _mm512_cvtepi8_epi16(load_256(from));
    __m512i half = _mm512_and_si512(_mm512_slli_epi16(wide, 7), _mm512_set1_epi16(~0x4000));
    v[0] = _mm512_cvtph_ps(_mm512_castsi512_si256(half));
    v[1] = _mm512_cvtph_ps(_mm512_extracti64x4_epi64(half, 1));
  }
  static void prefetch(const uint8_t* from) {
    _mm_prefetch(reinterpret_cast<const char*>(from), _MM_HINT_T1);
  }

  // The sums of four vectors, each added up as sum does it.
  static void sums(const Vec (&v)[kWeightRows], float* out) {
    Vec ab = add(_mm512_shuffle_f32x4(v[0], v[1], 0x44), _mm512_shuffle_f32x4(v[0], v[1], 0xee));
    Vec cd = add(_mm512_shuffle_f32x4(v[2], v[3], 0x44), _mm512_shuffle_f32x4(v[2], v[3], 0xee));
    Vec s = add(_mm512_shuffle_f32x4(ab, cd, 0x88), _mm512_shuffle_f32x4(ab, cd, 0xdd));
    s = add(s, _mm512_permute_ps(s, 0x4e));
    s = add(s, _mm512_permute_ps(s, 0xb1));
    _mm_storeu_ps(out, _mm512_castps512_ps128(_mm512_maskz_compress_ps(0x1111, s)));
  }

 private:
  static __mmask16 mask(int count) { return static_cast<__mmask16>((1u << count) - 1); }
  static __m256i load_256(const uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
};

}  // namespace longcat
