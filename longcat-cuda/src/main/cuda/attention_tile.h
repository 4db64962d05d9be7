// What the kernels that attend on tensor cores share: cached rows by tiles of positions, queries and
// powers as BF16 terms.
#pragma once

#include "attention.h"
#include "faults.h"

namespace longcat::device {

// Positions whose powers are found and added at once.
constexpr i32 kPositionTile = 32;
constexpr i32 kPad = 8;  // so that rows begin at other banks
constexpr i32 kPowerPitch = kPositionTile + kPad;

// The dynamic shared memory of a block of so many heads, which scores so many positions at once.
template <int kTerms, int kHeads, int kPositions>
struct AttendTiles {
  u16* queries;   // [term][head][pitch]
  u16* powers;    // [term][head][kPowerPitch]
  float* scores;  // [head][kPositions]
  u16* rows;      // [position][pitch], once or twice
  i32 pitch;

  DEVICE explicit AttendTiles(i32 columns)
      : queries(reinterpret_cast<u16*>(dynamic_shared())), pitch(columns + kPad) {
    powers = queries + kTerms * kHeads * pitch;
    scores = reinterpret_cast<float*>(powers + kTerms * kHeads * kPowerPitch);
    rows = reinterpret_cast<u16*>(scores + kHeads * kPositions);
  }
};

// Where the positions of a tile lie.
template <int kPositions>
struct CachedTile {
  const u8* places[kPositions];
  float scales[kPositions];
};

// The positions of a row that a block sees.
struct Part {
  i32 first;
  i32 count;
};

DEVICE Part part_of(const PlannedRow& row, const Cuts& cuts, i32 index) {
  i32 length = part_length(row, cuts);
  i32 first = index * length;
  return {first, least(row.position + 1 - first, length)};
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

// Zeros behind the last head.
template <int kTerms, int kHeads>
DEVICE void stage_queries(const float* absorbed, i32 head_count, i32 columns, i32 pitch,
                          u16* into) {
  for (i32 i = thread_index(); i < kHeads * columns; i += 256) {
    i32 head = i / columns;
    i32 column = i % columns;
    float number = head < head_count ? load(absorbed + i) : 0.0f;
    put_terms<kTerms>(number, into + head * pitch + column, kHeads * pitch);
  }
}

template <int kPositions>
DEVICE void find_tile(const RowsView& cache, const PlanView& plan, const PlannedRow& row,
                      i32 first, i32 count, CachedTile<kPositions>& tile) {
  if (thread_index() >= kPositions) return;
  i32 p = thread_index() < count ? thread_index() : 0;
  const u8* place = cached_row(cache, plan, row, first + p);
  tile.places[thread_index()] = place;
  tile.scales[thread_index()] = cached_scale(cache, place);
}

// Four codes of E4M3 as BF16, which has them all.
DEVICE void widen_codes(u32 codes, u32 out[2]) {
  UNROLL
  for (int i = 0; i < 2; i++) {
    out[i] = pack_high(from_fp8(static_cast<u8>(codes >> 16 * i)),
                       from_fp8(static_cast<u8>(codes >> (16 * i + 8))));
  }
}

// Zeros behind the last position.
template <int kPositions>
DEVICE void stage_positions(const RowsView& cache, const u8* const* places, i32 count, i32 pitch,
                            u16* into) {
  i32 columns = static_cast<i32>(cache.columns);
  i32 vectors = columns / 8;
  for (i32 i = thread_index(); i < kPositions * vectors; i += 256) {
    i32 p = i / vectors;
    i32 column = i % vectors * 8;
    u16* to = into + p * pitch + column;
    if (cache.format == kBf16) {
      copy_async16(to, places[p] + 2 * column, p < count);
      continue;
    }
    u64 codes = p < count ? load(reinterpret_cast<const u64*>(places[p] + column)) : 0;
    Vector4 wide;
    widen_codes(static_cast<u32>(codes), wide.v);
    widen_codes(static_cast<u32>(codes >> 32), wide.v + 2);
    *reinterpret_cast<Vector4*>(to) = wide;
  }
  copy_async_commit();
}

// What a warp knows of a head.
struct Running {
  float largest = lowest();
  float sum = 0;
};

// The powers of a head's scores, a lane a position; what comes back tells how much smaller than
// thought so far everything before is.
template <int kTerms, int kHeads>
DEVICE float power_tile(float score, float scale, bool in, Running& running, u16* powers) {
  float largest = max_lanes(in && score > running.largest ? score : running.largest);
  float factor = exp_f(running.largest - largest);
  float power = in ? exp_f(score - largest) : 0.0f;
  running.sum = fma_f(running.sum, factor, sum_lanes(power));
  running.largest = largest;
  put_terms<kTerms>(power * scale, powers + lane(), kHeads * kPowerPitch);
  return factor;
}

// Where a block leaves what its heads gathered: [head][part][latent + 2].
struct PartsInto {
  float* data;
  i64 step;       // from a head to the next
  i32 latent;
  i32 head_count;

  DEVICE void ends(i32 head, const Running& running) const {
    if (head >= head_count || lane() != 0) return;
    float* at = data + head * step + latent;
    store(at, running.largest);
    store(at + 1, running.sum);
  }

  DEVICE void number(i32 head, i32 column, float gathered) const {
    if (head < head_count) store(data + head * step + column, gathered);
  }
};

// A block's work: some heads of a row, and a part of its positions.
struct AttendItem {
  PlannedRow row;
  Part part;
  const float* queries;
  PartsInto into;
};

template <int kHeads>
DEVICE AttendItem attend_item(const PlanView& plan, const HeadsView& heads,
                              const AttentionRows& rows, const Cuts& cuts, const float* absorbed,
                              float* partials, i32 stretches) {
  i32 groups = (heads.heads + kHeads - 1) / kHeads;
  i32 head = block_index() % groups * kHeads;
  i32 index = block_index() / groups;
  AttendItem item;
  item.row = load(plan.rows + rows.first + block_index_y());
  item.part = part_of(item.row, cuts, index);
  i64 query = static_cast<i64>(block_index_y()) * heads.heads + head;
  item.queries = absorbed + query * (heads.latent + heads.rope);
  i64 step = heads.latent + 2;
  item.into = {partials + (query * stretches + index) * step, stretches * step, heads.latent,
               least(kHeads, heads.heads - head)};
  return item;
}

// Whether a block has nothing to do.
DEVICE bool idle(const AttendItem& item) { return item.part.count <= 0 || sparse(item.row); }

// Goes over the positions of a part by tiles: fetched into one of the buffers, then worked on. With
// two buffers the next tile comes while one is worked on. tile(rows, scales, count) is a tile's work.
template <int kPositions, class Work>
DEVICE void for_tiles(const RowsView& cache, const PlanView& plan, const AttendItem& item,
                      i32 buffers, i32 pitch, u16* room, const Work& tile) {
  SHARED(CachedTile<kPositions>, found, 2);
  auto buffer = [&](i32 first) { return first / kPositions % buffers; };
  auto rows_at = [&](i32 first) { return room + buffer(first) * kPositions * pitch; };
  i32 seen = item.part.count;
  auto fetch = [&](i32 first) {
    i32 count = least(kPositions, seen - first);
    CachedTile<kPositions>& places = found[buffer(first)];
    find_tile(cache, plan, item.row, item.part.first + first, count, places);
    sync_block();
    stage_positions<kPositions>(cache, places.places, count, pitch, rows_at(first));
  };
  if (buffers > 1) fetch(0);
  for (i32 first = 0; first < seen; first += kPositions) {
    i32 next = buffers > 1 ? first + kPositions : first;
    if (next < seen) fetch(next);
    if (next != first && next < seen) {
      copy_async_wait<kFault == kWrongWait ? 2 : 1>();
    } else {
      copy_async_wait<0>();
    }
    if constexpr (kFault != kMissingBarrier) sync_block();
    tile(rows_at(first), found[buffer(first)].scales, least(kPositions, seen - first));
  }
}

}  // namespace longcat::device
