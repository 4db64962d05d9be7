// Products of BF16 with a unit of their own, which multiplies whole tiles or pairs, for the
// instruction sets that have one.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace longcat {

// Terms of BF16 that add up to an input of F32.
constexpr int kTileTerms = 3;

// Rows of a weight that lie side by side where pairs are multiplied, and the bytes of a pair of each.
constexpr int kPairLanes = 16;
constexpr int64_t kPairBytes = 4 * kPairLanes;

// Floats of a row of inputs as tiles take it: the terms of each chunk one after the other, then what
// the sums are to be multiplied with.
inline constexpr int64_t tile_chunk_floats(int terms) { return terms * kChunk / 2; }

// A chunk of some rows of a weight of BF16 or FP8, and of some rows of inputs.
struct TileChunk {
  int32_t format;
  int count;                         // rows of the weight
  const uint8_t* weight[kTileRows];  // all bytes of a chunk are there
  int64_t ahead;                     // what lies so many bytes behind them is fetched
  float scale;                       // of the chunk
  int64_t chunk;                     // in the inputs' rows
  int64_t chunks;                    // of the inputs' rows
  int terms;                         // 1 or kTileTerms
  FloatRows x;
  int64_t from;
  int64_t rows;
  float* totals;  // totals[r * kTileRows + i] += weight row i times row from + r; chunk 0 sets them
};

// Of any thread, each with tiles of its own.
struct TileKernels {
  // Whether inputs that are not rounded are taken too, as kTileTerms terms.
  bool exact;
  // out = count numbers as terms, over chunks_of(count) chunks.
  void (*arrange)(const float* from, int64_t count, bool round, int terms, float* out);
  // Takes the tiles for add calls with so many rows of inputs; to be given back.
  void (*take)(int64_t rows);
  void (*give_back)();
  // Works in kTileMemory bytes on a 64-byte boundary.
  void (*add)(const TileChunk& chunk, char* memory);
  // As Kernels::spin.
  int64_t (*spin)(int64_t rounds);
};

constexpr int64_t kTileMemory = 32768;

// As GFNI's, with dot products of pairs of BF16; null where this build has none.
const Kernels* avx512_bf16_kernels();
// As the generic ones, with a model of those dot products, for tests.
const Kernels* modelled_bf16_kernels();
// As GFNI's, with tile kernels; null where this build has none.
const Kernels* avx512_amx_kernels();
// The same on a model of the tile unit in AVX-512, for tests.
const Kernels* avx512_amx_emulated_kernels();

}  // namespace longcat
