// Picks become entries in the order of experts, entries become tiles.
#pragma once

#include "device.h"
#include "experts_view.h"
#include "faults.h"

namespace longcat::device {

DEVICE i32 count_pick(i32* counter) {
  if constexpr (kFault == kSortWithoutAtomic) {
    i32 before = load(counter);
    store(counter, before + 1);
    return before;
  }
  return atomic_add(counter, 1);
}

// By a block of any number of threads, each of which has one of the sums in shared memory.
DEVICE void plan_entries(const PicksView& picks, i32 rows, const PlannedExperts& planned,
                         const ExpertPlan& plan, i32* sums) {
  i32 first_id = planned.first_id;
  i32 experts = planned.count;
  i32 tile = planned.tile;
  i32 count = rows * picks.top_k;
  i32 thread = thread_index();
  i32 threads = block_threads();
  for (i32 e = thread; e < experts; e += threads) store(plan.starts + e, 0);
  if constexpr (kFault != kRacingSort) sync_block();
  for (i32 i = thread; i < count; i += threads) {
    i32 expert = load(picks.ids + i) - first_id;
    i32 at = -1;
    if (expert >= 0 && expert < experts) at = count_pick(plan.starts + expert);
    store(plan.places + i, at);
  }
  sync_block();
  // Each thread sums a run of experts: first entries, then tiles.
  i32 run = (experts + threads - 1) / threads;
  i32 from = thread * run;
  i32 to = from + run < experts ? from + run : experts;
  i32 entries = 0;
  i32 tiles = 0;
  for (i32 e = from; e < to; e++) {
    i32 size = load(plan.starts + e);
    entries += size;
    tiles += (size + tile - 1) / tile;
  }
  i32 entry = 0;
  i32 next_tile = 0;
  for (i32 what = 0; what < 2; what++) {
    i32 own = what == 0 ? entries : tiles;
    sums[thread] = own;
    sync_block();
    for (i32 apart = 1; apart < threads; apart *= 2) {
      i32 left = thread >= apart ? sums[thread - apart] : 0;
      sync_block();
      sums[thread] += left;
      sync_block();
    }
    if (what == 0) {
      entry = sums[thread] - own;
      if (thread == threads - 1) store(plan.entry_count, sums[thread]);
    } else {
      next_tile = sums[thread] - own;
      if (thread == threads - 1) store(plan.tile_count, sums[thread]);
    }
    sync_block();
  }
  for (i32 e = from; e < to; e++) {
    i32 size = load(plan.starts + e);
    store(plan.starts + e, entry);
    for (i32 first = 0; first < size; first += tile) {
      ExpertTile one = {e, entry + first, size - first < tile ? size - first : tile};
      store(plan.tiles + next_tile++, one);
    }
    entry += size;
  }
  sync_block();
  for (i32 i = thread; i < count; i += threads) {
    i32 id = load(picks.ids + i);
    i32 row = i / picks.top_k;
    i32 rank = 0;
    for (i32 k = row * picks.top_k; k < (row + 1) * picks.top_k; k++) {
      i32 other = load(picks.ids + k);
      rank += other < id || (other == id && k < i) ? 1 : 0;
    }
    store(plan.order + row * picks.top_k + rank, i);
    i32 within = load(plan.places + i);
    if (within < 0) continue;
    i32 place = load(plan.starts + (id - first_id)) + within;
    store(plan.places + i, place);
    store(plan.rows + place, row);
  }
}

}  // namespace longcat::device
