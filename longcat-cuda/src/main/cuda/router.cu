// The router. Floor: the classifier's bytes for every eight rows. One launch: the last block of a
// tile of rows to finish turns their scores into picks and, where there is no other tile, plans the
// experts over them.
#include "expert_plan.h"
#include "general.h"
#include "ordering.h"

namespace longcat::device {

struct Choice {
  i32 experts;
  i32 top_k;
  float factor;
  i32 normalise;
};

// A warp: scores become probabilities in place, the best of them picks.
DEVICE void choose_experts(float* scores, const WeightView& correction, const Choice& choice,
                           i32* ids, float* weights) {
  float largest = lowest();
  for (i32 e = lane(); e < choice.experts; e += 32) {
    float score = load(scores + e);
    largest = score > largest ? score : largest;
  }
  largest = max_lanes(largest);
  float sum = 0;
  for (i32 e = lane(); e < choice.experts; e += 32) {
    float power = exp_f(load(scores + e) - largest);
    store(scores + e, power);
    sum += power;
  }
  sum = sum_lanes(sum);
  for (i32 e = lane(); e < choice.experts; e += 32) {
    store(scores + e, divide_f(load(scores + e), sum));
  }
  u64 last = ~0ull;
  double total = 0;
  for (i32 pick = 0; pick < choice.top_k; pick++) {
    u64 best = 0;
    for (i32 e = lane(); e < choice.experts; e += 32) {
      float corrected = load(scores + e);
      if (correction.data != nullptr) corrected += weight_number(correction, 0, e);
      u64 key = pick_key(corrected, e);
      if (key < last && key > best) best = key;
    }
    last = max_lanes(best);
    sync_warp();
    float weight = load(scores + id_of(last));
    total += weight;
    if (lane() == 0) {
      store(ids + pick, id_of(last));
      store(weights + pick, weight);
    }
  }
  double factor = choice.normalise != 0 ? choice.factor / total : choice.factor;
  sync_warp();
  for (i32 pick = lane(); pick < choice.top_k; pick += 32) {
    store(weights + pick, static_cast<float>(load(weights + pick) * factor));
  }
}

// Scores have room for [rows, stride], where rows do not share sectors of 128 bytes; done holds a
// zero for each tile of rows, and again when this ends. Without planned experts there is no plan.
KERNEL void LAUNCH_BOUNDS(256, 2)
    route_any(MatrixView x, WeightView classifier, WeightView bias, WeightView correction,
              i32 top_k, float factor, i32 normalise, i32 rounding, float* scores, i64 stride,
              u32* done, PicksView picks, PlannedExperts planned, ExpertPlan plan) {
  SHARED(float, staged, kGeneralStaged);
  SHARED(u32, before, 1);
  SHARED(i32, counts, kGeneralThreads);
  i32 experts = static_cast<i32>(classifier.rows);
  i32 expert = block_index() * kGeneralWarps + warp();
  i64 first = block_index_y() * kGeneralRows;
  i32 count = static_cast<i32>(x.rows - first < kGeneralRows ? x.rows - first : kGeneralRows);
  InputRows rows = {x.data + first * x.stride, x.stride, count, nullptr, rounding};
  float sums[kGeneralRows];
  general_sums(classifier, expert < experts ? expert : -1, 0, static_cast<i32>(classifier.columns),
               rows, staged, sums);
  if (expert < experts && lane() == 0) {
    float added = bias.data != nullptr ? weight_number(bias, 0, expert) : -0.0f;
    UNROLL
    for (int r = 0; r < kGeneralRows; r++) {
      if (r < count) store(scores + (first + r) * stride + expert, sums[r] + added);
    }
  }
  fence();
  sync_block();
  if (thread_index() == 0) before[0] = atomic_add(done + block_index_y(), 1u);
  sync_block();
  if (before[0] + 1 != static_cast<u32>(block_count())) return;
  fence();
  Choice choice = {experts, top_k, factor, normalise};
  if (warp() < count) {
    i64 row = first + warp();
    choose_experts(scores + row * stride, correction, choice, picks.ids + row * top_k,
                   picks.weights + row * top_k);
  }
  if (thread_index() == 0) store(done + block_index_y(), 0u);
  if (planned.count == 0) return;
  sync_block();
  plan_entries(picks, count, planned, plan, counts);
}

}  // namespace longcat::device
