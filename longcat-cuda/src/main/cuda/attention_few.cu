// As attention_tensor.cu, where its blocks would leave multiprocessors idle: a block takes eight
// heads, so that there are twice as many and each multiplies half. Positions and columns of the latent
// are the left operand here, heads the right one; sums are made in the same order, so that a row has
// the same bits. Floor: the cached rows of a part once for every eight heads.
#include "attention_tile.h"

namespace longcat::device {

constexpr i32 kFewHeads = 8;
constexpr i32 kScoredPositions = 2 * kPositionTile;
constexpr i32 kFewLatentTiles = 4;  // of sixteen columns, of a warp

template <int kTerms>
using FewTiles = AttendTiles<kTerms, kFewHeads, kScoredPositions>;

// Scores of eight heads: a warp takes sixteen positions and half of the columns.
template <int kTerms>
DEVICE void score_few(const FewTiles<kTerms>& memory, const u16* rows, i32 columns) {
  i32 tile = warp() % 4;
  i32 half = warp() / 4;
  i32 pitch = memory.pitch;
  float c[4] = {};
  const u16* positions = rows + (16 * tile + lane() % 16) * pitch + lane() / 16 * 8;
  const u16* heads = memory.queries + lane() % 8 * pitch + lane() / 8 * 8;
  for (i32 k = half * columns / 2; k < (half + 1) * columns / 2; k += 32) {
    u32 b[kTerms][4];
    UNROLL
    for (int term = 0; term < kTerms; term++) {
      load_matrix4(b[term], heads + term * kFewHeads * pitch + k);
    }
    UNROLL
    for (int step = 0; step < 2; step++) {
      u32 a[4];
      load_matrix4(a, positions + k + 16 * step);
      UNROLL
      for (int term = 0; term < kTerms; term++) multiply_bf16(c, a, b[term] + 2 * step);
    }
  }
  float* into = memory.scores + lane() % 4 * 2 * kScoredPositions + 16 * tile + lane() / 4;
  for (i32 turn = 1; turn >= 0; turn--) {
    if (half == turn) {
      UNROLL
      for (int i = 0; i < 4; i++) {
        float* one = into + i % 2 * kScoredPositions + i / 2 * 8;
        *one = turn == 1 ? c[i] : c[i] + *one;
      }
    }
    sync_block();
  }
}

// Adds a tile's rows by their powers to what a warp gathers: every eighth sixteen columns.
template <int kTerms>
DEVICE void gather_few(const FewTiles<kTerms>& memory, const u16* rows, i32 latent,
                       const float* factors, float mixed[kFewLatentTiles][4]) {
  float even = factors[lane() % 4 * 2];
  float odd = factors[lane() % 4 * 2 + 1];
  UNROLL
  for (int t = 0; t < kFewLatentTiles; t++) {
    UNROLL
    for (int i = 0; i < 4; i++) mixed[t][i] *= i % 2 == 0 ? even : odd;
  }
  u32 b[kTerms][4];
  UNROLL
  for (int term = 0; term < kTerms; term++) {
    load_matrix4(b[term], memory.powers + (term * kFewHeads + lane() % 8) * kPowerPitch +
                              lane() / 8 * 8);
  }
  const u16* own = rows + (lane() % 8 + lane() / 16 * 8) * memory.pitch + lane() / 8 % 2 * 8;
  UNROLL
  for (int step = 0; step < kPositionTile / 16; step++) {
    UNROLL
    for (int t = 0; t < kFewLatentTiles; t++) {
      i32 column = 16 * (warp() + 8 * t);
      if (column >= latent) continue;
      u32 a[4];
      load_matrix4_transposed(a, own + 16 * step * memory.pitch + column);
      UNROLL
      for (int term = 0; term < kTerms; term++) multiply_bf16(mixed[t], a, b[term] + 2 * step);
    }
  }
}

template <int kTerms>
DEVICE void attend_part_few(const RowsView& cache, const PlanView& plan, const HeadsView& heads,
                            const AttentionRows& rows, const Cuts& cuts, const float* absorbed,
                            float* partials, i32 stretches, i32 buffers) {
  SHARED(float, factors, kFewHeads);
  AttendItem item =
      attend_item<kFewHeads>(plan, heads, rows, cuts, absorbed, partials, stretches);
  if (idle(item)) return;
  i32 columns = static_cast<i32>(cache.columns);
  FewTiles<kTerms> memory(columns);
  stage_queries<kTerms, kFewHeads>(item.queries, item.into.head_count, columns, memory.pitch,
                                   memory.queries);
  float mixed[kFewLatentTiles][4] = {};
  Running running;
  auto work = [&](const u16* tile, const float* scales, i32 count) {
    score_few(memory, tile, columns);
    for (i32 first = 0; first < count; first += kPositionTile) {
      i32 p = first + lane();
      float factor = power_tile<kTerms, kFewHeads>(
          memory.scores[warp() * kScoredPositions + p] * scales[p], scales[p], p < count, running,
          memory.powers + warp() * kPowerPitch);
      if (lane() == 0) factors[warp()] = factor;
      sync_block();
      gather_few(memory, tile + first * memory.pitch, heads.latent, factors, mixed);
      sync_block();
    }
  };
  for_tiles<kScoredPositions>(cache, plan, item, buffers, memory.pitch, memory.rows, work);
  item.into.ends(warp(), running);
  UNROLL
  for (int t = 0; t < kFewLatentTiles; t++) {
    i32 column = 16 * (warp() + 8 * t) + lane() / 4;
    if (column >= heads.latent) continue;
    UNROLL
    for (int i = 0; i < 4; i++) {
      item.into.number(lane() % 4 * 2 + i % 2, column + i / 2 * 8, mixed[t][i]);
    }
  }
}

KERNEL void LAUNCH_BOUNDS(256, 2)
    attend_few(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows, Cuts cuts,
               const float* absorbed, float* partials, i32 stretches, i32 buffers) {
  attend_part_few<3>(cache, plan, heads, rows, cuts, absorbed, partials, stretches, buffers);
}

KERNEL void LAUNCH_BOUNDS(256, 2)
    attend_few_rounded(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows,
                       Cuts cuts, const float* absorbed, float* partials, i32 stretches,
                       i32 buffers) {
  attend_part_few<1>(cache, plan, heads, rows, cuts, absorbed, partials, stretches, buffers);
}

}  // namespace longcat::device
