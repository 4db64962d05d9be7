// Products of BF16 and FP8 by dot products of pairs, written once over the unit.
//
// A weight's chunk is turned: rows lie side by side in the lanes, pair after pair, FP8 widened to
// BF16. Pairs of the inputs meet all lanes. So a lane adds up one element of the result, column
// after column, whatever the number of rows; a chunk's sums times its scale are added to the total.
#pragma once

#include <cstring>

#include "kernels.h"
#include "tile_kernels.h"

// GCC keeps an array in registers only where loops over it are unrolled early; Clang does so anyway.
#if defined(__clang__)
#define LONGCAT_UNROLLED
#else
#define LONGCAT_UNROLLED _Pragma("GCC unroll 6")
#endif

namespace longcat {

template <class Unit>
struct PairKernelsOf {
  using Sums = typename Unit::Sums;
  using Pairs = typename Unit::Pairs;
  static constexpr int kGroups = kTileRows / kPairLanes;
  static constexpr int kPairs = kChunk / 2;
  static constexpr int64_t kRowBytes = kChunk * 2;
  // Rows of inputs whose sums fit the registers beside four vectors of the weight.
  static constexpr int kRows = 6;

  struct alignas(64) Memory {
    uint8_t panel[kPairs][kGroups][kPairBytes];
    uint8_t wide[kPairLanes][kRowBytes];
  };
  static_assert(sizeof(Memory) <= kTileMemory);

  static void take(int64_t) {}
  static void give_back() {}

  // Without a factor: one term, as it is.
  static void arrange(const float* from, int64_t count, bool, int, float* out) {
    uint8_t* into = reinterpret_cast<uint8_t*>(out);
    for (int64_t column = 0; column < count; column += kChunk, into += kRowBytes) {
      if (count - column >= kChunk) {
        Unit::round(from + column, into);
        continue;
      }
      float last[kChunk] = {};
      std::memcpy(last, from + column, static_cast<size_t>(count - column) * sizeof(float));
      Unit::round(last, into);
    }
  }

  static void add(const TileChunk& chunk, char* bytes) {
    Memory& memory = *reinterpret_cast<Memory*>(bytes);
    int groups = (chunk.count + kPairLanes - 1) / kPairLanes;
    for (int g = 0; g < groups; g++) lay(chunk, g, memory);
    switch (groups) {
      case 1:
        return multiply<1>(chunk, memory);
      case 2:
        return multiply<2>(chunk, memory);
      case 3:
        return multiply<3>(chunk, memory);
      default:
        return multiply<4>(chunk, memory);
    }
  }

  // Rows too many are the last one again.
  static void lay(const TileChunk& chunk, int group, Memory& memory) {
    const uint8_t* rows[kPairLanes];
    for (int i = 0; i < kPairLanes; i++) {
      int row = group * kPairLanes + i;
      rows[i] = chunk.weight[row < chunk.count ? row : chunk.count - 1];
      for (int64_t line = 0; line < chunk_bytes_of(chunk.format); line += 64) {
        Unit::prefetch(rows[i] + chunk.ahead + line);
      }
      if (chunk.format != LONGCAT_FP8) continue;
      Unit::widen(rows[i], memory.wide[i]);
      rows[i] = memory.wide[i];
    }
    for (int pair = 0; pair < kPairs; pair += kPairLanes) {
      Unit::turn(rows, 4 * pair, memory.panel[pair][group], kGroups * kPairBytes);
    }
  }

  template <int kWide>
  static void multiply(const TileChunk& chunk, const Memory& memory) {
    int64_t parts = (chunk.rows + kRows - 1) / kRows;
    int64_t size = (chunk.rows + parts - 1) / parts;
    for (int64_t r = 0; r < chunk.rows; r += size) {
      int64_t rows = chunk.rows - r < size ? chunk.rows - r : size;
      for (int64_t next = r + size; next < r + 2 * size && next < chunk.rows; next++) {
        for (int64_t line = 0; line < kRowBytes; line += 64) {
          Unit::prefetch(input(chunk, next) + line);
        }
      }
      switch (rows) {
        case 1:
          multiply<kWide, 1>(chunk, r, memory);
          break;
        case 2:
          multiply<kWide, 2>(chunk, r, memory);
          break;
        case 3:
          multiply<kWide, 3>(chunk, r, memory);
          break;
        case 4:
          multiply<kWide, 4>(chunk, r, memory);
          break;
        case 5:
          multiply<kWide, 5>(chunk, r, memory);
          break;
        default:
          multiply<kWide, 6>(chunk, r, memory);
      }
    }
  }

  static const uint8_t* input(const TileChunk& chunk, int64_t row) {
    return reinterpret_cast<const uint8_t*>(chunk.x.row(chunk.from + row)) +
           chunk.chunk * kRowBytes;
  }

  template <int kWide, int kInputs>
  static void multiply(const TileChunk& chunk, int64_t first, const Memory& memory) {
    const uint8_t* x[kInputs];
    Sums sums[kInputs][kWide];
LONGCAT_UNROLLED
    for (int r = 0; r < kInputs; r++) {
      x[r] = input(chunk, first + r);
LONGCAT_UNROLLED
      for (int g = 0; g < kWide; g++) sums[r][g] = Unit::zero();
    }
    for (int pair = 0; pair < kPairs; pair++) {
      Pairs weight[kWide];
LONGCAT_UNROLLED
      for (int g = 0; g < kWide; g++) weight[g] = Unit::load(memory.panel[pair][g]);
LONGCAT_UNROLLED
      for (int r = 0; r < kInputs; r++) {
        Pairs both = Unit::pair(x[r] + 4 * pair);
LONGCAT_UNROLLED
        for (int g = 0; g < kWide; g++) sums[r][g] = Unit::dot(sums[r][g], weight[g], both);
      }
    }
LONGCAT_UNROLLED
    for (int r = 0; r < kInputs; r++) {
      float* totals = chunk.totals + (first + r) * kTileRows;
LONGCAT_UNROLLED
      for (int g = 0; g < kWide; g++) {
        int lanes = chunk.count - g * kPairLanes;
        Unit::add(totals + g * kPairLanes, sums[r][g], chunk.scale, chunk.chunk == 0,
                  lanes < kPairLanes ? lanes : kPairLanes);
      }
    }
  }

  // Sums of 24 vectors, as the largest products hold them.
  static int64_t spin(int64_t rounds) {
    constexpr int kSums = kRows * kGroups;
    alignas(64) uint8_t small[kPairBytes];
    for (int i = 0; i < kPairBytes; i += 2) {
      small[i] = 0;
      small[i + 1] = 0x30;
    }
    Pairs weight = Unit::load(small);
    Pairs both = Unit::pair(small);
    Sums sums[kSums];
    for (Sums& sum : sums) sum = Unit::zero();
    for (int64_t i = 0; i < rounds; i++) {
      for (Sums& sum : sums) sum = Unit::dot(sum, weight, both);
    }
    float totals[kPairLanes];
    for (int i = 0; i < kSums; i++) Unit::add(totals, sums[i], 1, i == 0, kPairLanes);
    [[maybe_unused]] static thread_local volatile float sink;
    sink = totals[0];
    return rounds * kSums * kPairLanes * 2;
  }

  static const TileKernels* table() {
    static constexpr TileKernels kernels = {false, arrange, take, give_back, add, spin};
    return &kernels;
  }
};

}  // namespace longcat

#undef LONGCAT_UNROLLED
