// Sixteen numbers at a time with AVX-512 (F, BW, VL, DQ), and with GFNI and VNNI where they are.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "chunk_order.h"
#include "number_formats.h"
#include "vnni_int4.h"

namespace longcat {

template <bool kGfni>
struct Avx512Simd {
  static constexpr int kWidth = 16;
  static constexpr int kWeightRows = 4;
  // Rows of a weight that go on together with so many rows of inputs, and those of a panel.
  static constexpr int together(int rows) { return rows <= 4 ? 4 : 2; }
  static constexpr int kPanelRows = 4;
  static constexpr int kMixVectors = 4;
  using Vec = __m512;

  static void keep(Vec& v) { asm("" : "+v"(v)); }
  // What an addition that follows shall not be joined with, because it would then round once.
  static Vec rounded(Vec v) {
    keep(v);
    return v;
  }
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
  static Vec round(Vec v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  // Whether all numbers are, and none is NaN.
  static bool within(Vec v, float limit) {
    return _mm512_cmp_ps_mask(_mm512_abs_ps(v), set(limit), _CMP_LE_OQ) == 0xffff;
  }

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

  // Columns that are decoded at once, and columns that have a scale in common.
  template <int kFormat>
  static constexpr int kStep = kFormat == LONGCAT_INT4           ? kChunk
                               : kFormat == LONGCAT_BF16         ? 2 * kWidth
                               : kFormat == LONGCAT_FP8 && kGfni ? 4 * kWidth
                                                                 : kWidth;
  template <int kFormat>
  static constexpr int kFold = kChunk;
  static constexpr float kChunkFp8Factor = kGfni ? 1 : kFp8Factor;
  // Whether half a chunk is half of what comes out of the decoder, and whether that has scales for
  // lanes rather than columns.
  template <int kFormat>
  static constexpr bool kHalves = kGfni || kFormat != LONGCAT_INT4;
  template <int kFormat>
  static constexpr bool kColumns = kFormat != LONGCAT_INT4;

  template <int kFormat>
  static void decode_chunk(const uint8_t* from, Vec* v) {
    if constexpr (kFormat == LONGCAT_F32) *v = decode_f32(from);
    if constexpr (kFormat == LONGCAT_BF16) decode_pairs(_mm512_loadu_si512(from), v);
    if constexpr (kFormat == LONGCAT_F16) *v = decode_f16(from);
    if constexpr (kFormat == LONGCAT_FP8 && !kGfni) *v = decode_fp8(from);
    if constexpr (kFormat == LONGCAT_FP8 && kGfni) decode_fp8_bytes(_mm512_loadu_si512(from), v);
    if constexpr (kFormat == LONGCAT_INT8) {
      *v = _mm512_cvtepi32_ps(
          _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
    }
    if constexpr (kFormat == LONGCAT_INT4) look_up_int4(_mm512_loadu_si512(from), v);
  }

  // 64 numbers of FP8 as BF16, in their order; with GFNI.
  static void fp8_as_bf16(__m512i codes, __m512i* into) {
    codes = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), codes);
    __m512i low;
    __m512i high;
    split_fp8(codes, &low, &high);
    into[0] = _mm512_unpacklo_epi8(low, high);
    into[1] = _mm512_unpackhi_epi8(low, high);
  }

  // Products of whole chunks where inputs are not F32.
  template <int kFormat>
  static constexpr bool kArranged = kGfni && kFormat == LONGCAT_INT4;
  static void arrange_chunk(const float* from, bool halves, float* out) {
    VnniInt4::arrange(from, halves, out);
  }
  static Vec multiply_chunk(const uint8_t* codes, const float* chunk) {
    return VnniInt4::multiply(_mm512_loadu_si512(codes), chunk);
  }
  static Vec factor(const float* chunk) { return VnniInt4::factor(chunk); }

  template <int kFormat>
  static Vec scale(const uint8_t* scales, int) {
    if constexpr (kFormat != LONGCAT_INT4) return set(chunk_scale<kFormat>(scales, 0));
    // Four neighbours hold 32 columns; the upper halves of F32 are BF16.
    int64_t four;
    std::memcpy(&four, scales, sizeof four);
    const __m512i from = _mm512_set_epi32(
        0x0706ffff, 0x0706ffff, 0x0706ffff, 0x0706ffff, 0x0504ffff, 0x0504ffff, 0x0504ffff,
        0x0504ffff, 0x0302ffff, 0x0302ffff, 0x0302ffff, 0x0302ffff, 0x0100ffff, 0x0100ffff,
        0x0100ffff, 0x0100ffff);
    return _mm512_castsi512_ps(_mm512_shuffle_epi8(_mm512_set1_epi64(four), from));
  }

  template <int kFormat>
  static constexpr const uint8_t* order() {
    return kFormat == LONGCAT_BF16           ? kPairOrder.from
           : kFormat == LONGCAT_INT4         ? kEighthOrder.from
           : kFormat == LONGCAT_FP8 && kGfni ? kHalfLaneOrder.from
                                             : nullptr;
  }

  // out[i] = the sum of the lower half of v[i], out[kCount + i] that of the upper one, added up as sum
  // does it with zeros in the other half.
  template <int kCount>
  static void half_sums(const Vec* v, float* out) {
    static_assert(kCount % 4 == 0);
    constexpr int kEights = kCount / 8 * 8;
    for (int i = 0; i < kEights; i += 8) {
      Vec s = in_quarters(in_eighths(quarters(v[i], v[i + 4]), quarters(v[i + 2], v[i + 6])),
                          in_eighths(quarters(v[i + 1], v[i + 5]), quarters(v[i + 3], v[i + 7])));
      _mm256_storeu_ps(out + i, _mm512_castps512_ps256(s));
      _mm256_storeu_ps(out + kCount + i, _mm512_extractf32x8_ps(s, 1));
    }
    if constexpr (kEights < kCount) {
      v += kEights;
      Vec s = in_eighths(quarters(v[0], v[1]), quarters(v[2], v[3]));
      s = add(s, _mm512_permute_ps(s, 0xb1));
      const __m512i order = _mm512_setr_epi32(0, 4, 2, 6, 8, 12, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
      s = _mm512_permutexvar_ps(order, s);
      _mm_storeu_ps(out + kEights, _mm512_castps512_ps128(s));
      _mm_storeu_ps(out + kCount + kEights, _mm512_extractf32x4_ps(s, 1));
    }
  }

  using IntVec = __m512i;
  using Bytes = __m512i;

  static IntVec int_zero() { return _mm512_setzero_si512(); }
  static IntVec int_sub(IntVec a, IntVec b) { return _mm512_sub_epi32(a, b); }
  static Vec to_float(IntVec v) { return _mm512_cvtepi32_ps(v); }
  static Bytes load_bytes(const int8_t* from) { return _mm512_loadu_si512(from); }
  using ByteSums = __m512i;
  // Products of four columns that are added up before they are widened: with VNNI they are at once,
  // otherwise 8 times 2 of 127 by 15.
  static constexpr int64_t kByteFold = kGfni ? INT64_MAX : 8;
  static ByteSums byte_zero() { return _mm512_setzero_si512(); }
  // Adds the products of four columns of a row with those of each head, without VNNI pair by pair.
  static ByteSums dot_bytes(ByteSums sums, int32_t four, Bytes query) {
    __m512i x = _mm512_set1_epi32(four);
    if constexpr (kGfni) {
      return _mm512_dpbusd_epi32(sums, x, query);
    } else {
      return _mm512_add_epi16(sums, _mm512_maddubs_epi16(x, query));
    }
  }
  static IntVec fold_bytes(IntVec sums, ByteSums parts) {
    if constexpr (kGfni) {
      return _mm512_add_epi32(sums, parts);
    } else {
      return _mm512_add_epi32(sums, _mm512_madd_epi16(parts, _mm512_set1_epi16(1)));
    }
  }

  // Rows become columns.
  static void turn(Vec (&v)[kWidth]) {
    Vec t[kWidth];
    // Squares of four in every quarter of the vectors.
    for (int i = 0; i < kWidth; i += 4) {
      Vec a = _mm512_unpacklo_ps(v[i], v[i + 1]);
      Vec b = _mm512_unpackhi_ps(v[i], v[i + 1]);
      Vec c = _mm512_unpacklo_ps(v[i + 2], v[i + 3]);
      Vec d = _mm512_unpackhi_ps(v[i + 2], v[i + 3]);
      t[i] = low_pairs(a, c);
      t[i + 1] = high_pairs(a, c);
      t[i + 2] = low_pairs(b, d);
      t[i + 3] = high_pairs(b, d);
    }
    // The quarters as one square of four.
    for (int i = 0; i < 4; i++) {
      Vec a = _mm512_shuffle_f32x4(t[i], t[i + 4], 0x88);
      Vec b = _mm512_shuffle_f32x4(t[i], t[i + 4], 0xdd);
      Vec c = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0x88);
      Vec d = _mm512_shuffle_f32x4(t[i + 8], t[i + 12], 0xdd);
      v[i] = _mm512_shuffle_f32x4(a, c, 0x88);
      v[i + 4] = _mm512_shuffle_f32x4(b, d, 0x88);
      v[i + 8] = _mm512_shuffle_f32x4(a, c, 0xdd);
      v[i + 12] = _mm512_shuffle_f32x4(b, d, 0xdd);
    }
  }

  static void prefetch(const uint8_t* from) {
    _mm_prefetch(reinterpret_cast<const char*>(from), _MM_HINT_T0);
  }

  // out[i] = the sum of v[i], added up as sum does it, for a multiple of kWeightRows vectors.
  template <int kCount>
  static void sums(const Vec* v, float* out) {
    static_assert(kCount % 4 == 0);
    if constexpr (kCount >= 16) {
      Vec first = in_quarters(in_eighths(quad(v[0], v[8], v[4], v[12]),
                                         quad(v[2], v[10], v[6], v[14])),
                              in_eighths(quad(v[1], v[9], v[5], v[13]),
                                         quad(v[3], v[11], v[7], v[15])));
      _mm512_storeu_ps(out, first);
      sums<kCount - 16>(v + 16, out + 16);
    } else if constexpr (kCount >= 8) {
      Vec s = in_eighths(quad(v[0], v[4], v[1], v[5]), quad(v[2], v[6], v[3], v[7]));
      s = add(s, _mm512_permute_ps(s, 0xb1));
      const __m512i order = _mm512_setr_epi32(0, 4, 2, 6, 8, 12, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
      _mm256_storeu_ps(out, _mm512_castps512_ps256(_mm512_permutexvar_ps(order, s)));
      sums<kCount - 8>(v + 8, out + 8);
    } else if constexpr (kCount > 0) {
      Vec s = quad(v[0], v[1], v[2], v[3]);
      s = add(s, _mm512_permute_ps(s, 0x4e));
      s = add(s, _mm512_permute_ps(s, 0xb1));
      const __m512i order = _mm512_setr_epi32(0, 8, 4, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      _mm_storeu_ps(out, _mm512_castps512_ps128(_mm512_permutexvar_ps(order, s)));
    }
  }

 private:
  static Vec low_pairs(Vec a, Vec b) {
    return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
  }
  static Vec high_pairs(Vec a, Vec b) {
    return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
  }
  // Sums of lanes eight and four apart: each vector's are four lanes of the result, those of a, c, b
  // and d. One shuffle for two vectors, because what stays in place is blended, which is cheap.
  static Vec quad(Vec a, Vec b, Vec c, Vec d) { return quarters(halves(a, b), halves(c, d)); }
  // Of both halves, the sums of lanes four apart.
  static Vec quarters(Vec ab, Vec cd) {
    Vec stays = _mm512_mask_blend_ps(0xf0f0, ab, cd);
    Vec moves = _mm512_mask_blend_ps(0xf0f0, cd, ab);
    return add(stays, _mm512_shuffle_f32x4(moves, moves, 0xb1));
  }
  // Sums of lanes eight apart, a's in the lower half.
  static Vec halves(Vec a, Vec b) {
    return add(_mm512_mask_blend_ps(0xff00, a, b), _mm512_shuffle_f32x4(a, b, 0x4e));
  }
  // Of every four lanes, the sums of those two apart, a's first.
  static Vec in_eighths(Vec a, Vec b) {
    Vec moves = _mm512_castpd_ps(
        _mm512_shuffle_pd(_mm512_castps_pd(a), _mm512_castps_pd(b), 0x55));
    return add(_mm512_mask_blend_ps(0xcccc, a, b), moves);
  }
  // Of every two lanes, the sums of both, a's first.
  static Vec in_quarters(Vec a, Vec b) {
    Vec moves = _mm512_mask_blend_ps(0xaaaa, b, a);
    return add(_mm512_mask_blend_ps(0xaaaa, a, b), _mm512_permute_ps(moves, 0xb1));
  }
  // Two BF16 in each lane: the low one, the high one.
  static void decode_pairs(__m512i pairs, Vec* v) {
    v[0] = _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
    v[1] = _mm512_castsi512_ps(
        _mm512_and_si512(pairs, _mm512_set1_epi32(static_cast<int>(0xffff0000))));
  }
  static void decode_fp8_bytes(__m512i codes, Vec* v) {
    __m512i low;
    __m512i high;
    split_fp8(codes, &low, &high);
    decode_pairs(_mm512_unpacklo_epi8(low, high), v);
    decode_pairs(_mm512_unpackhi_epi8(low, high), v + 2);
  }
  // The bytes of FP8 E4M3 as BF16. With an exponent, every bit of the BF16 is a bit of the code or
  // its opposite: sign, the top bit of the exponent, four times its opposite, the other seven bits.
  static void split_fp8(__m512i codes, __m512i* low, __m512i* high) {
    *low = _mm512_gf2p8affine_epi64_epi8(codes, _mm512_set1_epi64(0x0000000001020408), 0);
    *high = _mm512_gf2p8affine_epi64_epi8(codes, _mm512_set1_epi64(0x1020404040404080), 0x3c);
    // Zeros and numbers below the normal ones are rare.
    __mmask64 small = _mm512_testn_epi8_mask(codes, _mm512_set1_epi8(0x78));
    if (__builtin_expect(small != 0, 0)) look_up_small(codes, small, low, high);
  }
  // Eighths of 2^-6 as BF16.
  static void look_up_small(__m512i codes, __mmask64 small, __m512i* low, __m512i* high) {
    const __m128i lows = _mm_setr_epi8(0, 0, static_cast<char>(0x80), static_cast<char>(0xc0), 0,
                                       0x20, 0x40, 0x60, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i highs =
        _mm_setr_epi8(0, 0x3b, 0x3b, 0x3b, 0x3c, 0x3c, 0x3c, 0x3c, 0, 0, 0, 0, 0, 0, 0, 0);
    __m512i index = _mm512_and_si512(codes, _mm512_set1_epi8(7));
    *low = _mm512_mask_shuffle_epi8(*low, small, _mm512_broadcast_i32x4(lows), index);
    *high = _mm512_mask_shuffle_epi8(*high, small, _mm512_broadcast_i32x4(highs), index);
    // high | (codes & 0x80), bit by bit.
    *high =
        _mm512_ternarylogic_epi32(*high, codes, _mm512_set1_epi8(static_cast<char>(0x80)), 0xf8);
  }
  // The last four bits of a lane pick the number.
  static void look_up_int4(__m512i codes, Vec* v) {
    const Vec numbers = _mm512_setr_ps(-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7);
    for (int i = 0; i < 8; i++) {
      v[i] = _mm512_permutexvar_ps(_mm512_srli_epi32(codes, static_cast<unsigned>(4 * i)), numbers);
    }
  }
  static __mmask16 mask(int count) { return static_cast<__mmask16>((1u << count) - 1); }
  static __m256i load_256(const uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
};

}  // namespace longcat
