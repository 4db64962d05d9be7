// Latent attention on tensor cores for rows that see all positions, over caches of BF16 and FP8. A
// block takes sixteen heads of a row and a stretch of positions, some positions at a time: scores,
// powers and what is gathered never leave it. Queries and powers are three BF16 terms, or one in
// rounded numerics; cached numbers are exact. Floor: the cached rows of a stretch once for every sixteen heads.
#include "attention.h"
#include "general.h"

namespace longcat::device {

constexpr i32 kHeadTile = 16;
constexpr i32 kPositionTile = 32;
constexpr i32 kPad = 8;  // so that rows begin at other banks
constexpr i32 kPowerPitch = kPositionTile + kPad;
constexpr i32 kMostLatentTiles = 8;  // of eight columns, of a warp

// The dynamic shared memory.
template <int kTerms>
struct TensorAttendMemory {
  u16* queries;   // [term][head][pitch]
  u16* powers;    // [term][head][kPowerPitch]
  float* scores;  // [head][kPositionTile]
  u16* rows;      // [position][pitch], once or twice
};

template <int kTerms>
DEVICE TensorAttendMemory<kTerms> tensor_attend_memory(i32 pitch) {
  TensorAttendMemory<kTerms> memory;
  memory.queries = reinterpret_cast<u16*>(dynamic_shared());
  memory.powers = memory.queries + kTerms * kHeadTile * pitch;
  memory.scores = reinterpret_cast<float*>(memory.powers + kTerms * kHeadTile * kPowerPitch);
  memory.rows = reinterpret_cast<u16*>(memory.scores + kHeadTile * kPositionTile);
  return memory;
}

template <int kTerms>
DEVICE void put_terms(float number, u16* into, i32 step) {
  UNROLL
  for (int term = 0; term < kTerms; term++) {
    u16 bits = to_bf16(number);
    into[term * step] = bits;
    number -= from_bf16(bits);
  }
}

template <int kTerms>
DEVICE void stage_queries(const float* absorbed, i32 head_count, i32 columns, i32 pitch,
                          u16* into) {
  for (i32 i = thread_index(); i < kHeadTile * columns; i += 256) {
    i32 head = i / columns;
    i32 column = i % columns;
    float number = head < head_count ? load(absorbed + i) : 0.0f;
    put_terms<kTerms>(number, into + head * pitch + column, kHeadTile * pitch);
  }
}

// Where the positions of a tile lie.
struct CachedTile {
  const u8* places[kPositionTile];
  float scales[kPositionTile];
};

DEVICE void find_tile(const RowsView& cache, const PlanView& plan, const PlannedRow& row,
                      i32 first, i32 count, CachedTile& tile) {
  if (thread_index() >= kPositionTile) return;
  i32 p = thread_index() < count ? thread_index() : 0;
  const u8* place = cached_row(cache, plan, row, first + p);
  tile.places[thread_index()] = place;
  tile.scales[thread_index()] = cached_scale(cache, place);
}

// Zeros behind the last position.
DEVICE void stage_positions(const RowsView& cache, const u8* const* places, i32 count, i32 pitch,
                            u16* into) {
  i32 columns = static_cast<i32>(cache.columns);
  i32 vectors = columns / 8;
  for (i32 i = thread_index(); i < kPositionTile * vectors; i += 256) {
    i32 p = i / vectors;
    i32 column = i % vectors * 8;
    u16* to = into + p * pitch + column;
    if (cache.format == kBf16) {
      copy_async16(to, places[p] + 2 * column, p < count);
      continue;
    }
    u64 codes = p < count ? load(reinterpret_cast<const u64*>(places[p] + column)) : 0;
    UNROLL
    for (int b = 0; b < 8; b++) {
      to[b] = static_cast<u16>(float_to_bits(from_fp8(static_cast<u8>(codes >> 8 * b))) >> 16);
    }
  }
  copy_async_commit();
}

// Scores of sixteen heads and thirty-two positions: a warp takes eight positions and half of the
// columns, the second half is added to the first.
template <int kTerms>
DEVICE void score_tile(const TensorAttendMemory<kTerms>& memory, const u16* rows, i32 columns,
                       i32 pitch) {
  i32 tile = warp() % 4;
  i32 half = warp() / 4;
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

// What a warp knows of its two heads.
struct Running {
  float largest;
  float sum;
};

// The powers of a tile's scores for a head, a lane a position; factors tells how much smaller than
// thought so far everything before is.
template <int kTerms>
DEVICE void power_tile(const TensorAttendMemory<kTerms>& memory, i32 head, float scale, i32 count,
                       Running& running, float* factors) {
  float score = memory.scores[head * kPositionTile + lane()] * scale;
  bool in = lane() < count;
  float largest = max_lanes(in && score > running.largest ? score : running.largest);
  float factor = exp_f(running.largest - largest);
  float power = in ? exp_f(score - largest) : 0.0f;
  running.sum = fma_f(running.sum, factor, sum_lanes(power));
  running.largest = largest;
  put_terms<kTerms>(power * scale, memory.powers + head * kPowerPitch + lane(), kHeadTile * kPowerPitch);
  if (lane() == 0) factors[head] = factor;
}

// Adds a tile's rows by their powers to what a warp gathers: its eighth of the latent.
template <int kTerms>
DEVICE void gather_tile(const TensorAttendMemory<kTerms>& memory, const u16* rows, i32 tiles, i32 pitch,
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
          b, rows + (16 * step + lane() % 16) * pitch + first + 8 * t + second);
      UNROLL
      for (int term = 0; term < kTerms; term++) {
        multiply_bf16(mixed[t], a[term], b);
        if (t + 1 < tiles) multiply_bf16(mixed[t + 1], a[term], b + 2);
      }
    }
  }
}

// Partials as attend_any leaves them. With room for two tiles, the next one comes while one is
// worked on.
template <int kTerms>
DEVICE void attend_stretch(const RowsView& cache, const PlanView& plan, const HeadsView& heads,
                           const AttentionRows& rows, const float* absorbed, float* partials,
                           i32 stretches, i32 buffers) {
  SHARED(CachedTile, found, 2);
  SHARED(float, factors, kHeadTile);
  i32 groups = (heads.heads + kHeadTile - 1) / kHeadTile;
  i32 head = block_index() % groups * kHeadTile;
  i32 head_count = heads.heads - head < kHeadTile ? heads.heads - head : kHeadTile;
  i32 index = block_index() / groups;
  PlannedRow row = load(plan.rows + rows.first + block_index_y());
  i32 length = stretch_length(row, true);
  i32 begin = index * length;
  i32 seen = row.position + 1 - begin < length ? row.position + 1 - begin : length;
  if (seen <= 0 || sparse(row)) return;
  i32 columns = static_cast<i32>(cache.columns);
  i32 pitch = columns + kPad;
  i32 tiles = heads.latent / 64;
  TensorAttendMemory<kTerms> memory = tensor_attend_memory<kTerms>(pitch);
  i64 query = static_cast<i64>(block_index_y()) * heads.heads + head;
  stage_queries<kTerms>(absorbed + query * columns, head_count, columns, pitch, memory.queries);
  float mixed[kMostLatentTiles][4] = {};
  Running running[2] = {{lowest(), 0.0f}, {lowest(), 0.0f}};
  auto rows_at = [&](i32 first) {
    return memory.rows + first / kPositionTile % buffers * kPositionTile * pitch;
  };
  auto fetch = [&](i32 first) {
    i32 count = least(kPositionTile, seen - first);
    CachedTile& tile = found[first / kPositionTile % buffers];
    find_tile(cache, plan, row, begin + first, count, tile);
    sync_block();
    stage_positions(cache, tile.places, count, pitch, rows_at(first));
  };
  if (buffers > 1) fetch(0);
  for (i32 first = 0; first < seen; first += kPositionTile) {
    i32 next = buffers > 1 ? first + kPositionTile : first;
    if (next < seen) fetch(next);
    if (next != first && next < seen) {
      copy_async_wait<1>();
    } else {
      copy_async_wait<0>();
    }
    sync_block();
    score_tile(memory, rows_at(first), columns, pitch);
    i32 count = least(kPositionTile, seen - first);
    float scale = found[first / kPositionTile % buffers].scales[lane()];
    UNROLL
    for (int h = 0; h < 2; h++) power_tile(memory, 2 * warp() + h, scale, count, running[h], factors);
    sync_block();
    gather_tile(memory, rows_at(first), tiles, pitch, factors, mixed);
    sync_block();
  }
  i64 step = heads.latent + 2;
  float* own = partials + (query * stretches + index) * step;
  UNROLL
  for (int h = 0; h < 2; h++) {
    if (2 * warp() + h >= head_count || lane() != 0) continue;
    float* ends = own + (2 * warp() + h) * stretches * step + heads.latent;
    store(ends, running[h].largest);
    store(ends + 1, running[h].sum);
  }
  UNROLL
  for (int t = 0; t < kMostLatentTiles; t++) {
    UNROLL
    for (int i = 0; i < 4; i++) {
      i32 h = lane() / 4 + 8 * (i / 2);
      i32 column = (warp() * tiles + t) * 8 + lane() % 4 * 2 + i % 2;
      if (t < tiles && h < head_count) store(own + h * stretches * step + column, mixed[t][i]);
    }
  }
}

KERNEL void LAUNCH_BOUNDS(256, 2)
    attend_tensor(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows,
                  const float* absorbed, float* partials, i32 stretches, i32 buffers) {
  attend_stretch<3>(cache, plan, heads, rows, absorbed, partials, stretches, buffers);
}

KERNEL void LAUNCH_BOUNDS(256, 2)
    attend_tensor_rounded(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows,
                          const float* absorbed, float* partials, i32 stretches, i32 buffers) {
  attend_stretch<1>(cache, plan, heads, rows, absorbed, partials, stretches, buffers);
}

}  // namespace longcat::device
