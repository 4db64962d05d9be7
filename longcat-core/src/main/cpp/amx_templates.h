// Products of BF16 and FP8 with tiles, written once over the tile unit.
//
// A weight's chunk is laid into tiles of 16 rows by 32 columns, FP8 decoded to BF16. One or two rows
// of inputs meet them each by itself: weights are the unit's left side, and its right side, one
// column wide, is the row as it lies. More rows are the left side, 16 at a time; then the weights'
// tiles are turned once for all of them. The unit adds up an element in the same order in both.
//
// Inputs are scaled by a power of two to a largest magnitude of 1 to 2, because the unit takes what
// is below the normal numbers for zero. Rows of a weight whose chunk is far away from ordinary
// numbers, so that products may overflow or vanish, are computed apart in F32.
#pragma once

#include <cstring>
#include <utility>

#include "amx_tiles.h"
#include "number_formats.h"
#include "simd_avx512.h"
#include "tile_kernels.h"

namespace longcat {

template <class Tiles>
struct TileKernelsOf {
  using Simd = Avx512Simd<true>;
  static constexpr int kSteps = kChunk / 32;
  static constexpr int kGroups = kTileRows / kTileSide;
  static constexpr int64_t kTermBytes = kChunk * 2;
  // Rows of inputs that meet the weights each by itself.
  static constexpr int64_t kSingleRows = 2;
  // Tile registers: sums of each group of the weight's rows, terms of the inputs, the weight.
  static constexpr int kInput = kGroups;
  static constexpr int kWeight = kInput + kTileTerms;
  static_assert(kWeight < kTiles);
  // Bits of BF16 between which the largest magnitude of a row's chunk is ordinary: 2^-60, 2^100.
  static constexpr short kLeast = (127 - 60) << 7;
  static constexpr short kMost = (127 + 100) << 7;

  struct alignas(64) Memory {
    uint8_t weight[kGroups][kSteps][kTileBytes];
    uint8_t input[kTileSide][kTileTerms * kTermBytes];
    float sums[kGroups][kTileSide][kTileSide];
  };
  static_assert(sizeof(Memory) <= kTileMemory);

  // Rows of inputs that are multiplied together.
  struct Group {
    int64_t first;
    int count;
    const uint8_t* base;
    int64_t stride;
  };

  // The terms of a row of inputs in the chunk.
  static const uint8_t* terms_of(const TileChunk& chunk, int64_t row) {
    const float* at = chunk.x.row(chunk.from + row) + chunk.chunk * tile_chunk_floats(chunk.terms);
    return reinterpret_cast<const uint8_t*>(at);
  }

  static float factor_of(const TileChunk& chunk, int64_t row) {
    return chunk.x.row(chunk.from + row)[chunk.chunks * tile_chunk_floats(chunk.terms)];
  }

  static void take(int64_t rows) {
    bool single = rows <= kSingleRows;
    TileShapes shapes;
    for (int i = 0; i < kGroups; i++) shapes.set(i, kTileSide, single ? 4 : kTileRowBytes);
    for (int i = 0; i < kTileTerms; i++) {
      shapes.set(kInput + i, kTileSide, single ? 4 : kTileRowBytes);
    }
    shapes.set(kWeight, kTileSide, kTileRowBytes);
    Tiles::configure(shapes);
  }

  static void add(const TileChunk& chunk, char* bytes) {
    Memory& memory = *reinterpret_cast<Memory*>(bytes);
    uint64_t apart = lay(chunk, memory);
    if (chunk.rows <= kSingleRows) {
      for (int64_t r = 0; r < chunk.rows; r++) {
        multiply<true>(chunk, {r, 1, terms_of(chunk, r), 4}, apart, memory);
      }
    } else {
      int groups = (chunk.count + kTileSide - 1) / kTileSide;
      for (int g = 0; g < groups; g++) {
        for (auto& tile : memory.weight[g]) turn(tile);
      }
      for (int64_t r = 0; r < chunk.rows; r += kTileSide) {
        multiply<false>(chunk, group(chunk, r, memory), apart, memory);
      }
    }
    for (int i = 0; apart != 0 && i < chunk.count; i++) {
      if ((apart >> i & 1) != 0) add_apart(chunk, i);
    }
  }

  // The weight's rows as tiles; a bit for each row that is to be computed apart.
  static uint64_t lay(const TileChunk& chunk, Memory& memory) {
    uint64_t apart = 0;
    for (int i = 0; i < chunk.count; i++) {
      __m512i v[kSteps];
      const uint8_t* from = chunk.weight[i];
      if (chunk.format == LONGCAT_FP8) {
        for (int part = 0; part < kSteps / 2; part++) {
          Simd::prefetch(from + chunk.ahead + 64 * part);
          Simd::fp8_as_bf16(_mm512_loadu_si512(from + 64 * part), v + 2 * part);
        }
      } else {
        for (int step = 0; step < kSteps; step++) {
          Simd::prefetch(from + chunk.ahead + 64 * step);
          v[step] = _mm512_loadu_si512(from + 64 * step);
        }
        if (!ordinary(v)) apart |= uint64_t{1} << i;
      }
      for (int step = 0; step < kSteps; step++) {
        _mm512_store_si512(row_at(memory, i, step), v[step]);
      }
    }
    for (int i = chunk.count; i % kTileSide != 0; i++) {
      for (int step = 0; step < kSteps; step++) {
        _mm512_store_si512(row_at(memory, i, step), _mm512_setzero_si512());
      }
    }
    return apart;
  }

  static uint8_t* row_at(Memory& memory, int row, int step) {
    return memory.weight[row / kTileSide][step] + row % kTileSide * kTileRowBytes;
  }

  static bool ordinary(const __m512i (&v)[kSteps]) {
    __m512i largest = _mm512_setzero_si512();
    for (const __m512i& part : v) {
      largest = _mm512_max_epu16(largest, _mm512_and_si512(part, _mm512_set1_epi16(0x7fff)));
    }
    if (_mm512_cmpge_epu16_mask(largest, _mm512_set1_epi16(kMost)) != 0) return false;
    return _mm512_cmpge_epu16_mask(largest, _mm512_set1_epi16(kLeast)) != 0 ||
           _mm512_test_epi16_mask(largest, largest) == 0;
  }

  // Rows of inputs, one below the other; those that are not there are zeros.
  static Group group(const TileChunk& chunk, int64_t first, Memory& memory) {
    int64_t rest = chunk.rows - first;
    int count = rest < kTileSide ? static_cast<int>(rest) : kTileSide;
    if (chunk.x.index == nullptr && count == kTileSide) {
      return {first, count, terms_of(chunk, first), chunk.x.stride * 4};
    }
    size_t bytes = static_cast<size_t>(chunk.terms * kTermBytes);
    for (int i = 0; i < kTileSide; i++) {
      if (i < count) {
        std::memcpy(memory.input[i], terms_of(chunk, first + i), bytes);
      } else {
        std::memset(memory.input[i], 0, bytes);
      }
    }
    return {first, count, memory.input[0], sizeof memory.input[0]};
  }

  template <bool kSingle>
  static void multiply(const TileChunk& chunk, const Group& group, uint64_t apart,
                       Memory& memory) {
    if (chunk.terms == 1) {
      multiply<kSingle, 1>(chunk, group, memory, std::make_integer_sequence<int, kGroups>(),
                           std::make_integer_sequence<int, 1>());
    } else {
      multiply<kSingle, kTileTerms>(chunk, group, memory,
                                    std::make_integer_sequence<int, kGroups>(),
                                    std::make_integer_sequence<int, kTileTerms>());
    }
    add_sums(chunk, group, ~apart, memory);
  }

  template <bool kSingle, int kTerms, int... kGroup, int... kTerm>
  static void multiply(const TileChunk& chunk, const Group& group, Memory& memory,
                       std::integer_sequence<int, kGroup...>,
                       std::integer_sequence<int, kTerm...> terms) {
    int groups = (chunk.count + kTileSide - 1) / kTileSide;
    (Tiles::template zero<kGroup>(), ...);
    for (int step = 0; step < kSteps; step++) {
      (Tiles::template load<kInput + kTerm>(
           group.base + kTerm * kTermBytes + step * kTileRowBytes, group.stride),
       ...);
      (add_step<kSingle, kGroup>(kGroup < groups, memory.weight[kGroup][step], terms), ...);
    }
    (Tiles::template store<kGroup>(memory.sums[kGroup], kSingle ? 4 : kTileRowBytes), ...);
  }

  template <bool kSingle, int kSums, int... kTerm>
  static void add_step(bool there, const uint8_t* weight, std::integer_sequence<int, kTerm...>) {
    if (!there) return;
    Tiles::template load<kWeight>(weight, kTileRowBytes);
    if constexpr (kSingle) {
      (Tiles::template multiply<kSums, kWeight, kInput + kTerm>(), ...);
    } else {
      (Tiles::template multiply<kSums, kInput + kTerm, kWeight>(), ...);
    }
  }

  // Only the weight's rows of the bits.
  static void add_sums(const TileChunk& chunk, const Group& group, uint64_t rows,
                       const Memory& memory) {
    if (chunk.count < kTileRows) rows &= (uint64_t{1} << chunk.count) - 1;
    __m512 scale = _mm512_set1_ps(chunk.scale);
    for (int r = 0; r < group.count; r++) {
      __m512 factor = _mm512_set1_ps(factor_of(chunk, group.first + r));
      float* totals = chunk.totals + (group.first + r) * kTileRows;
      for (int g = 0; g * kTileSide < chunk.count; g++) {
        __mmask16 lanes = static_cast<__mmask16>(rows >> (g * kTileSide));
        __mmask16 before = chunk.chunk == 0 ? __mmask16{0} : lanes;
        __m512 sums = _mm512_mul_ps(_mm512_load_ps(memory.sums[g][r]), factor);
        __m512 total = _mm512_maskz_loadu_ps(before, totals + g * kTileSide);
        _mm512_mask_storeu_ps(totals + g * kTileSide, lanes, _mm512_fmadd_ps(sums, scale, total));
      }
    }
  }

  // A row of a weight of BF16 with all inputs, which the terms make up exactly.
  static void add_apart(const TileChunk& chunk, int row) {
    for (int64_t r = 0; r < chunk.rows; r++) {
      const uint8_t* terms = terms_of(chunk, r);
      __m512 factor = _mm512_set1_ps(factor_of(chunk, r));
      __m512 sums = _mm512_setzero_ps();
      for (int64_t at = 0; at < kTermBytes; at += 32) {
        __m512 x = Simd::decode_bf16(terms + at);
        for (int t = 1; t < chunk.terms; t++) {
          x = _mm512_add_ps(x, Simd::decode_bf16(terms + t * kTermBytes + at));
        }
        sums = _mm512_fmadd_ps(Simd::decode_bf16(chunk.weight[row] + at), _mm512_mul_ps(x, factor),
                               sums);
      }
      float& total = chunk.totals[r * kTileRows + row];
      total = (chunk.chunk == 0 ? 0 : total) + Simd::sum(sums);
    }
  }

  // Entry j of row i becomes entry i of row j, entries being pairs of BF16.
  static void turn(uint8_t* tile) {
    __m512i a[kTileSide];
    __m512i b[kTileSide];
    for (int i = 0; i < 16; i++) a[i] = _mm512_load_si512(tile + i * kTileRowBytes);
    for (int i = 0; i < 16; i += 2) {
      b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
      b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
    }
    // a[4 * i + k]: columns k of every four, from rows 4 * i to 4 * i + 3.
    for (int i = 0; i < 16; i += 4) {
      a[i] = _mm512_unpacklo_epi64(b[i], b[i + 2]);
      a[i + 1] = _mm512_unpackhi_epi64(b[i], b[i + 2]);
      a[i + 2] = _mm512_unpacklo_epi64(b[i + 1], b[i + 3]);
      a[i + 3] = _mm512_unpackhi_epi64(b[i + 1], b[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
      __m512i even = _mm512_shuffle_i32x4(a[k], a[4 + k], 0x88);
      __m512i odd = _mm512_shuffle_i32x4(a[k], a[4 + k], 0xdd);
      __m512i even_below = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0x88);
      __m512i odd_below = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0xdd);
      b[k] = _mm512_shuffle_i32x4(even, even_below, 0x88);
      b[4 + k] = _mm512_shuffle_i32x4(odd, odd_below, 0x88);
      b[8 + k] = _mm512_shuffle_i32x4(even, even_below, 0xdd);
      b[12 + k] = _mm512_shuffle_i32x4(odd, odd_below, 0xdd);
    }
    for (int i = 0; i < 16; i++) _mm512_store_si512(tile + i * kTileRowBytes, b[i]);
  }

  static void arrange(const float* from, int64_t count, bool round, int terms, float* out) {
    uint32_t largest = 0;
    each_part(from, count, round, [&](int64_t, __m512i bits) {
      __m512i magnitude = _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff));
      __mmask16 finite = _mm512_cmplt_epi32_mask(magnitude, _mm512_set1_epi32(0x7f800000));
      uint32_t part = _mm512_reduce_max_epu32(_mm512_maskz_mov_epi32(finite, magnitude));
      if (part > largest) largest = part;
    });
    // The largest magnitude's power of two, that of a number below the normal ones too.
    __m512 exponent = _mm512_setzero_ps();
    if (largest != 0) exponent = _mm512_getexp_ps(_mm512_set1_ps(bits_to_float(largest)));
    __m512 down = _mm512_sub_ps(_mm512_setzero_ps(), exponent);
    each_part(from, count, round, [&](int64_t column, __m512i bits) {
      uint8_t* into = reinterpret_cast<uint8_t*>(out + column / kChunk * tile_chunk_floats(terms)) +
                      column % kChunk * 2;
      __m512 rest = _mm512_scalef_ps(_mm512_castsi512_ps(bits), down);
      __mmask16 finite = static_cast<__mmask16>(~_mm512_fpclass_ps_mask(rest, 0x99));
      for (int t = 0; t < terms; t++) {
        __m512i term = rounded(_mm512_castps_si512(rest));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(into + t * kTermBytes),
                            _mm512_cvtepi32_epi16(_mm512_srli_epi32(term, 16)));
        rest = _mm512_maskz_sub_ps(finite, rest, _mm512_castsi512_ps(term));
      }
    });
    int64_t chunks = (count + kChunk - 1) / kChunk;
    out[chunks * tile_chunk_floats(terms)] =
        _mm512_cvtss_f32(_mm512_scalef_ps(_mm512_set1_ps(1), exponent));
  }

  // Calls body(column, bits) for 16 columns at a time up to the end of the last chunk.
  template <class Body>
  static void each_part(const float* from, int64_t count, bool round, const Body& body) {
    int64_t end = (count + kChunk - 1) / kChunk * kChunk;
    for (int64_t column = 0; column < end; column += 16) {
      int64_t rest = count - column;
      __mmask16 there = rest >= 16 ? __mmask16{0xffff}
                        : rest > 0 ? static_cast<__mmask16>((1u << rest) - 1)
                                   : __mmask16{0};
      __m512i bits = _mm512_castps_si512(_mm512_maskz_loadu_ps(there, from + column));
      body(column, round ? rounded(bits) : bits);
    }
  }

  // To the nearest BF16, halves to even, as F32; what is not a number stays one.
  static __m512i rounded(__m512i bits) {
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i sum = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    __mmask16 nan = _mm512_fpclass_ps_mask(_mm512_castsi512_ps(bits), 0x81);
    sum = _mm512_mask_or_epi32(sum, nan, bits, _mm512_set1_epi32(0x00400000));
    return _mm512_and_si512(sum, _mm512_set1_epi32(static_cast<int>(0xffff0000)));
  }

  static int64_t spin(int64_t rounds) {
    take(kTileSide);
    spin(rounds, std::make_integer_sequence<int, kGroups>());
    Tiles::release();
    return rounds * kGroups * kTileSide * kTileSide * 2 * kTileSide;
  }

  template <int... kGroup>
  static void spin(int64_t rounds, std::integer_sequence<int, kGroup...>) {
    (Tiles::template zero<kGroup>(), ...);
    Tiles::template zero<kInput>();
    Tiles::template zero<kWeight>();
    for (int64_t i = 0; i < rounds; i++) {
      (Tiles::template multiply<kGroup, kInput, kWeight>(), ...);
    }
  }

  static const TileKernels* table() {
    static constexpr TileKernels kernels = {true, arrange, take, Tiles::release, add,
                                            spin};
    return &kernels;
  }
};

}  // namespace longcat
