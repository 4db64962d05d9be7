// Latent attention on tensor cores for rows that see all positions, over caches of BF16 and FP8. A
// block takes sixteen heads of a row and a part of the positions, some positions at a time: scores,
// powers and what is gathered never leave it. Queries and powers are three BF16 terms, or one in
// rounded numerics; cached numbers are exact. Floor: the cached rows of a part once for every
// sixteen heads.
#include "attention_tile.h"

namespace longcat::device {

constexpr i32 kHeadTile = 16;
constexpr i32 kMostLatentTiles = 8;  // of eight columns, of a warp

template <int kTerms>
using TensorTiles = AttendTiles<kTerms, kHeadTile, kPositionTile>;

// Scores of sixteen heads and thirty-two positions: a warp takes eight positions and half of the
// columns, the second half is added to the first.
template <int kTerms>
DEVICE void score_tile(const TensorTiles<kTerms>& memory, const u16* rows, i32 columns) {
  i32 tile = warp() % 4;
  i32 half = warp() / 4;
  i32 pitch = memory.pitch;
  float c[4] = {};
  const u16* heads = memory.queries + lane() % 16 * pitch + lane() / 16 * 8;
  const u16* positions = rows + (8 * tile + lane() % 8) * pitch + lane() / 8 * 8;
  for (i32 k = half * columns / 2; k < (half + 1) * columns / 2; k += 32) {
    u32 b[4];
    load_matrix4(b, positions + k);
    UNROLL
    for (int step = 0; step < 2; step++) {
      UNROLL
      for (int term = 0; term < kTerms; term++) {
        u32 a[4];
        load_matrix4(a, heads + term * kHeadTile * pitch + k + 16 * step);
        multiply_bf16(c, a, b + 2 * step);
      }
    }
  }
  float* into = memory.scores + lane() / 4 * kPositionTile + 8 * tile + lane() % 4 * 2;
  for (i32 turn = 1; turn >= 0; turn--) {
    if (half == turn) {
      UNROLL
      for (int i = 0; i < 4; i++) {
        float* one = into + i / 2 * 8 * kPositionTile + i % 2;
        *one = turn == 1 ? c[i] : c[i] + *one;
      }
    }
    sync_block();
  }
}

// Adds a tile's rows by their powers to what a warp gathers: its eighth of the latent.
template <int kTerms>
DEVICE void gather_tile(const TensorTiles<kTerms>& memory, const u16* rows, i32 tiles,
                        const float* factors, float mixed[kMostLatentTiles][4]) {
  float low = factors[lane() / 4];
  float high = factors[lane() / 4 + 8];
  UNROLL
  for (int t = 0; t < kMostLatentTiles; t++) {
    UNROLL
    for (int i = 0; i < 4; i++) mixed[t][i] *= i < 2 ? low : high;
  }
  i32 first = warp() * tiles * 8;
  UNROLL
  for (int step = 0; step < kPositionTile / 16; step++) {
    u32 a[kTerms][4];
    UNROLL
    for (int term = 0; term < kTerms; term++) {
      load_matrix4(a[term], memory.powers + (term * kHeadTile + lane() % 16) * kPowerPitch +
                                16 * step + lane() / 16 * 8);
    }
    UNROLL
    for (int t = 0; t < kMostLatentTiles; t += 2) {
      if (t >= tiles) continue;
      // Two tiles, or the last one twice.
      i32 second = t + 1 < tiles ? lane() / 16 * 8 : 0;
      u32 b[4];
      load_matrix4_transposed(
          b, rows + (16 * step + lane() % 16) * memory.pitch + first + 8 * t + second);
      UNROLL
      for (int term = 0; term < kTerms; term++) {
        multiply_bf16(mixed[t], a[term], b);
        if (t + 1 < tiles) multiply_bf16(mixed[t + 1], a[term], b + 2);
      }
    }
  }
}

// Partials as attend_any leaves them.
template <int kTerms>
DEVICE void attend_part(const RowsView& cache, const PlanView& plan, const HeadsView& heads,
                        const AttentionRows& rows, const Cuts& cuts, const float* absorbed,
                        float* partials, i32 stretches, i32 buffers) {
  SHARED(float, factors, kHeadTile);
  AttendItem item =
      attend_item<kHeadTile>(plan, heads, rows, cuts, absorbed, partials, stretches);
  if (idle(item)) return;
  i32 columns = static_cast<i32>(cache.columns);
  i32 tiles = heads.latent / 64;
  TensorTiles<kTerms> memory(columns);
  stage_queries<kTerms, kHeadTile>(item.queries, item.into.head_count, columns, memory.pitch,
                                   memory.queries);
  float mixed[kMostLatentTiles][4] = {};
  Running running[2];
  auto work = [&](const u16* tile, const float* scales, i32 count) {
    score_tile(memory, tile, columns);
    float scale = scales[lane()];
    UNROLL
    for (int h = 0; h < 2; h++) {
      i32 head = 2 * warp() + h;
      float factor = power_tile<kTerms, kHeadTile>(
          memory.scores[head * kPositionTile + lane()] * scale, scale, lane() < count, running[h],
          memory.powers + head * kPowerPitch);
      if (lane() == 0) factors[head] = factor;
    }
    sync_block();
    gather_tile(memory, tile, tiles, factors, mixed);
    sync_block();
  };
  for_tiles<kPositionTile>(cache, plan, item, buffers, memory.pitch, memory.rows, work);
  for (i32 h = 0; h < 2; h++) item.into.ends(2 * warp() + h, running[h]);
  UNROLL
  for (int t = 0; t < kMostLatentTiles; t++) {
    if (t >= tiles) continue;
    i32 column = (warp() * tiles + t) * 8 + lane() % 4 * 2;
    UNROLL
    for (int i = 0; i < 4; i++) {
      item.into.number(lane() / 4 + 8 * (i / 2), column + i % 2, mixed[t][i]);
    }
  }
}

KERNEL void LAUNCH_BOUNDS(256, 2)
    attend_tensor(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows, Cuts cuts,
                  const float* absorbed, float* partials, i32 stretches, i32 buffers) {
  attend_part<3>(cache, plan, heads, rows, cuts, absorbed, partials, stretches, buffers);
}

KERNEL void LAUNCH_BOUNDS(256, 2)
    attend_tensor_rounded(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows,
                          Cuts cuts, const float* absorbed, float* partials, i32 stretches,
                          i32 buffers) {
  attend_part<1>(cache, plan, heads, rows, cuts, absorbed, partials, stretches, buffers);
}

}  // namespace longcat::device
