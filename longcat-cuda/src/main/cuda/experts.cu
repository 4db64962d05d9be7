// Experts over the rows that picked them, planned and run on the device: the host reads nothing.
// Picks become entries in the order of experts, entries become tiles, blocks take tiles as long as
// there are any. Floor: the bytes of each expert that was picked once for every eight rows that
// picked it.
#include "expert_plan.h"
#include "general.h"

namespace longcat::device {

// One block of any number of threads.
KERNEL void LAUNCH_BOUNDS(1024, 1)
    plan_experts(PicksView picks, i32 rows, i32 first_id, i32 experts, i32 tile, ExpertPlan plan) {
  SHARED(i32, sums, 1024);
  plan_entries(picks, rows, {first_id, experts, tile}, plan, sums);
}

DEVICE void take_rows(const ExpertTile& tile, const i32* rows, i32* chosen) {
  sync_block();
  if (thread_index() < tile.count) {
    i32 entry = tile.first + thread_index();
    chosen[thread_index()] = rows == nullptr ? entry : load(rows + entry);
  }
  sync_block();
}

// Two bits for every format of weights.
DEVICE i32 rounding_of(i32 rounding, const WeightView& w) { return rounding >> 2 * w.format & 3; }

// inner[entry] = silu(gate x) * (up x); rounding is that of inputs of weights by format.
KERNEL void LAUNCH_BOUNDS(256, 2)
    widen_experts_any(const ExpertView* experts, ExpertPlan plan, MatrixView x, i32 rounding,
                      float* inner, i32 width) {
  SHARED(float, staged, kGeneralStaged);
  SHARED(i32, chosen, kGeneralRows);
  i32 blocks = (width + kGeneralWarps - 1) / kGeneralWarps;
  i64 items = static_cast<i64>(load(plan.tile_count)) * blocks;
  for (i64 item = block_index(); item < items; item += block_count()) {
    ExpertTile tile = load(plan.tiles + item / blocks);
    take_rows(tile, plan.rows, chosen);
    i32 output = static_cast<i32>(item % blocks) * kGeneralWarps + warp();
    i32 mine = output < width ? output : -1;
    WeightView gate = load(&experts[tile.expert].gate);
    WeightView up = load(&experts[tile.expert].up);
    InputRows rows = {x.data, x.stride, tile.count, chosen, rounding_of(rounding, gate)};
    float gates[kGeneralRows];
    general_sums(gate, mine, 0, static_cast<i32>(gate.columns), rows, staged, gates);
    rows.rounding = rounding_of(rounding, up);
    float ups[kGeneralRows];
    general_sums(up, mine, 0, static_cast<i32>(up.columns), rows, staged, ups);
    if (mine < 0 || lane() != 0) continue;
    UNROLL
    for (int r = 0; r < kGeneralRows; r++) {
      if (r >= tile.count) continue;
      store(inner + static_cast<i64>(tile.first + r) * width + output,
            silu_times(gates[r], ups[r]));
    }
  }
}

// outer[slice][entry] = down inner[entry], a slice of its columns at a time; entries are rows times
// picks at most.
KERNEL void LAUNCH_BOUNDS(256, 2)
    narrow_experts_any(const ExpertView* experts, ExpertPlan plan, const float* inner, i32 width,
                       i32 rounding, float* outer, i32 hidden, i64 entries, i32 slices) {
  SHARED(float, staged, kGeneralStaged);
  SHARED(i32, chosen, kGeneralRows);
  i32 blocks = (hidden + kGeneralWarps - 1) / kGeneralWarps;
  i64 items = static_cast<i64>(load(plan.tile_count)) * blocks * slices;
  for (i64 item = block_index(); item < items; item += block_count()) {
    i32 slice = static_cast<i32>(item % slices);
    i64 rest = item / slices;
    ExpertTile tile = load(plan.tiles + rest / blocks);
    take_rows(tile, nullptr, chosen);
    i32 output = static_cast<i32>(rest % blocks) * kGeneralWarps + warp();
    WeightView down = load(&experts[tile.expert].down);
    i32 columns = width / slices;
    InputRows rows = {inner, width, tile.count, chosen, rounding_of(rounding, down)};
    float sums[kGeneralRows];
    general_sums(down, output < hidden ? output : -1, slice * columns, columns, rows, staged, sums);
    if (output >= hidden || lane() != 0) continue;
    UNROLL
    for (int r = 0; r < kGeneralRows; r++) {
      if (r >= tile.count) continue;
      store(outer + (slice * entries + tile.first + r) * hidden + output, sums[r]);
    }
  }
}

// The weight of a row's picks from first_zero_id on, together.
DEVICE float zero_weight(const PicksView& picks, i64 row, i32 first_zero_id) {
  double sum = 0;
  for (i64 i = row * picks.top_k; i < (row + 1) * picks.top_k; i++) {
    if (load(picks.ids + i) >= first_zero_id) sum += load(picks.weights + i);
  }
  return static_cast<float>(kFault == kZeroExpertTwice ? 2 * sum : sum);
}

DEVICE float add_zero(float weight, float number, float to) {
  return weight == 0 ? to : fma_f(weight, number, to);
}

// into += the experts' results by weight, in the order of ids; where x is given, from the zero
// experts' results on instead of from what is there. Runs of experts, or else slices of
// their width, are each summed for itself, the first one from what is there on, and joined by a
// tree.
KERNEL void LAUNCH_BOUNDS(256, 2)
    join_experts(PicksView picks, ExpertPlan plan, const float* outer, i64 entries, i32 slices,
                 i32 first_id, i32 experts, i32 runs, i32 first_zero_id, MatrixView x,
                 MatrixView into) {
  SHARED(float, waiting, kTreeDepth * 256);
  i32 column = block_index() * 256 + thread_index();
  i64 row = block_index_y();
  if (column >= into.columns) return;
  float* target = into.data + row * into.stride + column;
  float start = x.data == nullptr ? load(target)
                                  : add_zero(zero_weight(picks, row, first_zero_id),
                                             load(x.data + row * x.stride + column), 0);
  i32 length = experts / runs;
  const i32* order = plan.order + row * picks.top_k;
  i32 next = 0;
  float sum = join_tree(runs * slices, waiting + thread_index(), 256, [&](i32 part) {
    float part_sum = part == 0 ? start : 0.0f;
    if (slices > 1) next = 0;
    i32 end = slices > 1 ? experts : (part + 1) * length;
    for (; next < picks.top_k; next++) {
      i32 pick = load(order + next);
      i32 expert = load(picks.ids + pick) - first_id;
      if (expert >= end) break;
      if (expert < 0) continue;
      i64 entry = (slices > 1 ? part : 0) * entries + load(plan.places + pick);
      part_sum =
          fma_f(load(picks.weights + pick), load(outer + entry * into.columns + column), part_sum);
    }
    return part_sum;
  });
  store(target, sum);
}

// into += w * x, where w is the sum of the weights of picks from first_zero_id on.
KERNEL void LAUNCH_BOUNDS(256, 2)
    add_zero_experts(PicksView picks, i32 first_zero_id, MatrixView x, MatrixView into) {
  i64 row = block_index_y();
  i32 column = block_index() * 256 + thread_index();
  if (column >= x.columns) return;
  float* target = into.data + row * into.stride + column;
  float number = load(x.data + row * x.stride + column);
  store(target, add_zero(zero_weight(picks, row, first_zero_id), number, load(target)));
}

}  // namespace longcat::device
