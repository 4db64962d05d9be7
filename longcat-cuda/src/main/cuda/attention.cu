// Latent attention over the compressed cache, any sizes, in F32: queries are absorbed into the
// latent space, attend there, and what they gathered is expanded. Floor: the keys' and values'
// weights for every few rows of the batch, and the cached rows of a sequence for every few heads of
// a row.
#include "attention.h"
#include "general.h"
#include "placing.h"

namespace longcat::device {

constexpr i32 kAbsorbRows = 4;
constexpr i32 kAbsorbParts = 4;  // of a head's keys, summed each for itself
constexpr i32 kAbsorbLanes = 64;
constexpr i32 kAbsorbColumns = 4 * kAbsorbLanes;

// absorbed[row][head] = scale * [K_h^T q_nope | q_rope], for the rows of the chunk; a block has
// some columns of a head, and each of its parts some of the keys' rows.
template <class Ropes>
DEVICE void absorb_head(const MatrixView& queries, const WeightView& kv_b, const HeadsView& heads,
                        const AttentionRows& rows, float* absorbed, const Ropes& ropes) {
  SHARED(float, parts, kAbsorbParts* kAbsorbColumns);
  i32 blocks = (heads.latent + kAbsorbColumns - 1) / kAbsorbColumns;
  i32 head = block_index() / blocks;
  i32 base = block_index() % blocks * kAbsorbColumns;
  i32 first = block_index_y() * kAbsorbRows;
  i32 count = rows.count - first < kAbsorbRows ? rows.count - first : kAbsorbRows;
  i32 part = thread_index() / kAbsorbLanes;
  i32 place = thread_index() % kAbsorbLanes * 4;
  i32 size = (heads.nope + kAbsorbParts - 1) / kAbsorbParts;
  i32 to = (part + 1) * size < heads.nope ? (part + 1) * size : heads.nope;
  i32 width = heads.latent - base - place < 4 ? heads.latent - base - place : 4;
  i32 cached = heads.latent + heads.rope;
  const float* query = queries.data + (rows.first + first) * queries.stride +
                       static_cast<i64>(head) * (heads.nope + heads.rope);
  float* into = absorbed + (static_cast<i64>(first) * heads.heads + head) * cached;
  i64 step = static_cast<i64>(heads.heads) * cached;
  float sums[kAbsorbRows][4] = {};
  for (i32 i = part * size; i < to && width > 0; i++) {
    float numbers[4];
    weight_numbers(kv_b, head * (heads.nope + heads.value) + i, base + place, width, numbers);
    UNROLL
    for (int r = 0; r < kAbsorbRows; r++) {
      float q = r < count ? load(query + r * queries.stride + i) : 0.0f;
      UNROLL
      for (int c = 0; c < 4; c++) sums[r][c] = fma_f(q, numbers[c], sums[r][c]);
    }
  }
  i32 own = thread_index();
  UNROLL
  for (int r = 0; r < kAbsorbRows; r++) {
    sync_block();
    UNROLL
    for (int c = 0; c < 4; c++) parts[part * kAbsorbColumns + place + c] = sums[r][c];
    sync_block();
    if (r >= count || base + own >= heads.latent) continue;
    float sum = (parts[own] + parts[kAbsorbColumns + own]) +
                (parts[2 * kAbsorbColumns + own] + parts[3 * kAbsorbColumns + own]);
    store(into + r * step + base + own, sum * heads.scale);
  }
  if (base != 0) return;
  ropes(query, count, into, step);
}

KERNEL void LAUNCH_BOUNDS(256, 2) absorb_any(MatrixView queries, WeightView kv_b, HeadsView heads,
                                             AttentionRows rows, float* absorbed) {
  auto as_they_are = [&](const float* query, i32 count, float* into, i64 step) {
    for (i32 i = thread_index(); i < count * heads.rope; i += 256) {
      i32 r = i / heads.rope;
      i32 column = i % heads.rope;
      float q = load(query + r * queries.stride + heads.nope + column);
      store(into + r * step + heads.latent + column, q * heads.scale);
    }
  };
  absorb_head(queries, kv_b, heads, rows, absorbed, as_they_are);
}

// The same of queries that are still to be rotated, all columns of rope; other blocks place the rows
// of the cache, of which this needs none.
KERNEL void LAUNCH_BOUNDS(256, 2)
    absorb_placing(MatrixView queries, WeightView kv_b, HeadsView heads, AttentionRows rows,
                   float* absorbed, MatrixView placed, LatentNorm norm, RotaryView rotary,
                   PlanView plan, RowsView cache) {
  i32 blocks = (heads.latent + kAbsorbColumns - 1) / kAbsorbColumns * heads.heads;
  if (block_index() >= blocks) {
    i32 row = block_index_y() * kAbsorbRows + block_index() - blocks;
    if (row < rows.count) place_row(placed, rows.first + row, norm, rotary, plan, cache);
    return;
  }
  auto rotating = [&](const float* query, i32 count, float* into, i64 step) {
    for (i32 i = thread_index(); i < count * rotary.pairs; i += 256) {
      i32 r = i / rotary.pairs;
      i32 pair = i % rotary.pairs;
      i32 row = rows.first + block_index_y() * kAbsorbRows + r;
      const float* both = query + r * queries.stride + heads.nope + 2 * pair;
      Rotated turned = rotated(load(both), load(both + 1), rotary, pair,
                               load(&plan.rows[row].position));
      float* key = into + r * step + heads.latent + pair;
      store(key, turned.even * heads.scale);
      store(key + rotary.pairs, turned.odd * heads.scale);
    }
  };
  absorb_head(queries, kv_b, heads, rows, absorbed, rotating);
}

constexpr i32 kAttendThreads = 256;
constexpr i32 kAttendWarps = kAttendThreads / 32;

// The shared memory of a block: queries, cached rows, what is gathered, scores.
struct AttendMemory {
  float* queries;  // [heads][cached]
  float* rows;     // [positions][cached]
  float* scores;   // [heads][kStretch]
  float* mixed;    // [heads][latent]
};

DEVICE AttendMemory attend_memory(const HeadsView& heads, const AttendShape& shape) {
  i32 cached = heads.latent + heads.rope;
  AttendMemory memory;
  memory.queries = reinterpret_cast<float*>(dynamic_shared());
  memory.rows = memory.queries + shape.heads * cached;
  memory.scores = memory.rows + shape.positions * cached;
  memory.mixed = memory.scores + shape.heads * kStretch;
  return memory;
}

struct Stretch {
  i32 first;  // position
  i32 count;  // of positions
};

DEVICE Stretch stretch_of(const PlannedRow& row, i32 index) {
  i32 first = index * kStretch;
  i32 rest = row.position + 1 - first;
  return {first, rest < kStretch ? rest : kStretch};
}

DEVICE void stage_cached(const RowsView& cache, const PlanView& plan, const PlannedRow& row,
                         i32 position, i32 count, float* into) {
  i32 columns = static_cast<i32>(cache.columns);
  for (i32 p = warp(); p < count; p += kAttendWarps) {
    const u8* from = cached_row(cache, plan, row, position + p);
    float scale = cached_scale(cache, from);
    for (i32 c = lane(); c < columns; c += 32) {
      into[p * columns + c] = cached_number(cache.format, from, scale, c);
    }
  }
}

// Scores of a stretch for the heads of a block; the rows of its last positions stay in memory.
DEVICE void score_stretch(const RowsView& cache, const PlanView& plan, const PlannedRow& row,
                          const Stretch& stretch, const float* absorbed, i32 head_count,
                          const AttendShape& shape, const AttendMemory& memory) {
  i32 columns = static_cast<i32>(cache.columns);
  for (i32 i = thread_index(); i < head_count * columns; i += kAttendThreads) {
    memory.queries[i] = load(absorbed + i);
  }
  for (i32 base = 0; base < stretch.count; base += shape.positions) {
    i32 rest = stretch.count - base;
    i32 count = rest < shape.positions ? rest : shape.positions;
    sync_block();
    stage_cached(cache, plan, row, stretch.first + base, count, memory.rows);
    sync_block();
    for (i32 pair = warp(); pair < head_count * count; pair += kAttendWarps) {
      i32 head = pair / count;
      i32 p = pair % count;
      float sum = 0;
      for (i32 c = lane(); c < columns; c += 32) {
        sum = fma_f(memory.queries[head * columns + c], memory.rows[p * columns + c], sum);
      }
      sum = sum_lanes(sum);
      if (lane() == 0) memory.scores[head * kStretch + base + p] = sum;
    }
  }
  sync_block();
}

// Scores of the rows that keep fewer positions than they see: [row][head][length].
KERNEL void LAUNCH_BOUNDS(256, 1)
    score_any(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows, AttendShape shape,
              const float* absorbed, float* scores, i32 length) {
  i32 groups = (heads.heads + shape.heads - 1) / shape.heads;
  i32 head = block_index() % groups * shape.heads;
  i32 head_count = heads.heads - head < shape.heads ? heads.heads - head : shape.heads;
  PlannedRow row = load(plan.rows + rows.first + block_index_y());
  Stretch stretch = stretch_of(row, block_index() / groups);
  if (!sparse(row) || stretch.count <= 0) return;
  AttendMemory memory = attend_memory(heads, shape);
  i64 query = static_cast<i64>(block_index_y()) * heads.heads + head;
  score_stretch(cache, plan, row, stretch, absorbed + query * cache.columns, head_count, shape,
                memory);
  for (i32 i = thread_index(); i < head_count * stretch.count; i += kAttendThreads) {
    i32 h = i / stretch.count;
    i32 p = i % stretch.count;
    store(scores + (query + h) * length + stretch.first + p, memory.scores[h * kStretch + p]);
  }
}

// Finds what each head of a sparse row keeps, by the bytes of the scores' order.
KERNEL void LAUNCH_BOUNDS(256, 2) keep_best(PlanView plan, HeadsView heads, AttentionRows rows,
                                            const float* scores, i32 length, Kept* kept) {
  SHARED(i32, bins, 256);
  SHARED(u32, found, 2);  // the threshold so far, and how many are still wanted below it
  i32 head = block_index();
  PlannedRow row = load(plan.rows + rows.first + block_index_y());
  if (!sparse(row)) return;
  i64 query = static_cast<i64>(block_index_y()) * heads.heads + head;
  const float* own = scores + query * length;
  i32 count = row.position + 1;
  u32 threshold = 0;
  u32 wanted = static_cast<u32>(row.top_k);
  for (i32 shift = 24; shift >= 0; shift -= 8) {
    bins[thread_index()] = 0;
    sync_block();
    for (i32 i = thread_index(); i < count; i += 256) {
      u32 order = order_of(load(own + i));
      bool same = shift == 24 || (order >> (shift + 8)) == (threshold >> (shift + 8));
      if (same) atomic_add(bins + (order >> shift & 255u), 1);
    }
    sync_block();
    if (thread_index() == 0) {
      u32 bin = 255;
      for (; bin > 0 && static_cast<u32>(bins[bin]) < wanted; bin--) wanted -= bins[bin];
      found[0] = threshold | bin << shift;
      found[1] = wanted;
    }
    sync_block();
    threshold = found[0];
    wanted = found[1];
  }
  if (warp() != 0) return;
  u32 seen = 0;
  i32 last = -1;
  for (i32 base = 0; base < count && seen < wanted; base += 32) {
    i32 at = base + lane();
    u32 equal = ballot(at < count && order_of(load(own + (at < count ? at : 0))) == threshold);
    for (; equal != 0 && seen < wanted; equal &= equal - 1) {
      u32 lowest = equal & (0u - equal);
      i32 bit = 0;
      while (lowest >> bit != 1) bit++;
      last = base + bit;
      seen++;
    }
  }
  if (lane() == 0) store(kept + query, Kept{threshold, last});
}

// What a stretch gives a head: the largest score, the sum of powers, and the gathered latent.
// [row][head][stretch][latent + 2]
KERNEL void LAUNCH_BOUNDS(256, 1)
    attend_any(RowsView cache, PlanView plan, HeadsView heads, AttentionRows rows,
               AttendShape shape, const float* absorbed, const Kept* kept, i32 only_sparse,
               float* partials, i32 stretches) {
  i32 groups = (heads.heads + shape.heads - 1) / shape.heads;
  i32 head = block_index() % groups * shape.heads;
  i32 head_count = heads.heads - head < shape.heads ? heads.heads - head : shape.heads;
  i32 index = block_index() / groups;
  PlannedRow row = load(plan.rows + rows.first + block_index_y());
  Stretch stretch = stretch_of(row, index);
  if (stretch.count <= 0 || (only_sparse != 0 && !sparse(row))) return;
  AttendMemory memory = attend_memory(heads, shape);
  i64 query = static_cast<i64>(block_index_y()) * heads.heads + head;
  score_stretch(cache, plan, row, stretch, absorbed + query * cache.columns, head_count, shape,
                memory);
  i64 step = heads.latent + 2;
  float* own = partials + (query * stretches + index) * step;
  for (i32 h = warp(); h < head_count; h += kAttendWarps) {
    float* scores = memory.scores + h * kStretch;
    Kept limit = {0, stretch.first + stretch.count};
    if (sparse(row)) limit = load(kept + query + h);
    float largest = lowest();
    for (i32 p = lane(); p < stretch.count; p += 32) {
      bool in = keeps(limit, scores[p], stretch.first + p);
      if (in && scores[p] > largest) largest = scores[p];
    }
    largest = max_lanes(largest);
    float sum = 0;
    for (i32 p = lane(); p < stretch.count; p += 32) {
      bool in = keeps(limit, scores[p], stretch.first + p);
      scores[p] = in ? exp_f(scores[p] - largest) : 0.0f;
      sum += scores[p];
    }
    sum = sum_lanes(sum);
    if (lane() == 0) {
      store(own + h * stretches * step + heads.latent, largest);
      store(own + h * stretches * step + heads.latent + 1, sum);
    }
  }
  for (i32 i = thread_index(); i < head_count * heads.latent; i += kAttendThreads) {
    memory.mixed[i] = 0;
  }
  i32 columns = static_cast<i32>(cache.columns);
  for (i32 base = 0; base < stretch.count; base += shape.positions) {
    i32 rest = stretch.count - base;
    i32 count = rest < shape.positions ? rest : shape.positions;
    sync_block();
    if (stretch.count > shape.positions) {
      stage_cached(cache, plan, row, stretch.first + base, count, memory.rows);
      sync_block();
    }
    for (i32 i = thread_index(); i < head_count * heads.latent; i += kAttendThreads) {
      i32 h = i / heads.latent;
      i32 c = i % heads.latent;
      float sum = memory.mixed[i];
      for (i32 p = 0; p < count; p++) {
        float weight = memory.scores[h * kStretch + base + p];
        if (weight != 0) sum = fma_f(weight, memory.rows[p * columns + c], sum);
      }
      memory.mixed[i] = sum;
    }
  }
  for (i32 i = thread_index(); i < head_count * heads.latent; i += kAttendThreads) {
    store(own + i / heads.latent * stretches * step + i % heads.latent, memory.mixed[i]);
  }
}

// mixed[row][head] = the stretches' parts merged in order.
KERNEL void LAUNCH_BOUNDS(128, 4)
    merge_stretches(PlanView plan, HeadsView heads, AttentionRows rows, const float* partials,
                    i32 stretches, Cuts cuts, float* mixed) {
  SHARED(float, factors, kMergeThreads);
  PlannedRow row = load(plan.rows + rows.first + block_index_y());
  i64 query = static_cast<i64>(block_index_y()) * heads.heads + block_index();
  Parts parts = parts_of(row, heads, cuts, partials + query * stretches * (heads.latent + 2));
  for (i32 base = 0; base < heads.latent; base += kMergeThreads) {
    i32 column = base + thread_index();
    float number = merged_number(parts, column < heads.latent ? column : -1, factors);
    if (column < heads.latent) store(mixed + query * heads.latent + column, number);
  }
}

// into[row][head] = V_h mixed[row][head]
KERNEL void LAUNCH_BOUNDS(256, 2) expand_any(WeightView kv_b, HeadsView heads, AttentionRows rows,
                                             const float* mixed, i32 rounding, MatrixView into) {
  SHARED(float, staged, kGeneralStaged);
  i32 blocks = (heads.value + kGeneralWarps - 1) / kGeneralWarps;
  i32 head = block_index() / blocks;
  i32 output = block_index() % blocks * kGeneralWarps + warp();
  i32 first = block_index_y() * kGeneralRows;
  i32 count = rows.count - first < kGeneralRows ? rows.count - first : kGeneralRows;
  i64 stride = static_cast<i64>(heads.heads) * heads.latent;
  InputRows source = {mixed + first * stride + static_cast<i64>(head) * heads.latent, stride, count,
                      nullptr, rounding};
  i32 weight_row = head * (heads.nope + heads.value) + heads.nope + output;
  float sums[kGeneralRows];
  general_sums(kv_b, output < heads.value ? weight_row : -1, 0, heads.latent, source, staged, sums);
  if (output >= heads.value || lane() != 0) return;
  UNROLL
  for (int r = 0; r < kGeneralRows; r++) {
    if (r >= count) continue;
    store(into.data + (rows.first + first + r) * into.stride +
              static_cast<i64>(head) * heads.value + output,
          sums[r]);
  }
}

}  // namespace longcat::device
