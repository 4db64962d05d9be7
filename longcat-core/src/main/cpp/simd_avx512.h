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
    // Sign-extended, the sign is in bit 15 and again in bits 7 to 14, which are cut off.
    __m256i magnitude = _mm256_and_si256(_mm256_slli_epi16(wide, 7), _mm256_set1_epi16(0x3f80));
    __m256i sign = _mm256_and_si256(wide, _mm256_set1_epi16(static_cast<int16_t>(0x8000)));
    return _mm512_cvtph_ps(_mm256_or_si256(magnitude, sign));
  }

 private:
  static __mmask16 mask(int count) { return static_cast<__mmask16>((1u << count) - 1); }
  static __m256i load_256(const uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
};

}  // namespace longcat
