// The choice of tokens. Floor: the logits once.
#include "ordering.h"

namespace longcat::device {

constexpr i32 kChoiceRun = 4096;  // logits of a block

// ids[row] = the highest logit's, the lower id first, or -1 - id of the first that is no number. best has room for a key a block; done holds a
// zero a row, and again when this ends.
KERNEL void LAUNCH_BOUNDS(256, 4)
    choose_greedily(MatrixView logits, u64* best, u32* done, i32* ids) {
  SHARED(u64, keys, 8);
  SHARED(u32, before, 1);
  i32 row = block_index_y();
  i32 from = block_index() * kChoiceRun;
  u64 key = 0;
  for (i32 i = from + thread_index(); i < from + kChoiceRun && i < logits.columns; i += 256) {
    u64 other = pick_key(load(logits.data + row * logits.stride + i), i);
    key = other > key ? other : key;
  }
  key = max_lanes(key);
  if (lane() == 0) keys[warp()] = key;
  sync_block();
  if (thread_index() == 0) {
    UNROLL
    for (int w = 0; w < 8; w++) key = keys[w] > key ? keys[w] : key;
    store(best + static_cast<i64>(row) * block_count() + block_index(), key);
    fence();
    before[0] = atomic_add(done + row, 1u);
  }
  sync_block();
  if (before[0] + 1 != static_cast<u32>(block_count()) || warp() != 0) return;
  fence();
  key = 0;
  for (i32 b = lane(); b < block_count(); b += 32) {
    u64 other = load(best + static_cast<i64>(row) * block_count() + b);
    key = other > key ? other : key;
  }
  key = max_lanes(key);
  if (lane() != 0) return;
  store(ids + row, checked_id_of(key));
  store(done + row, 0u);
}

// counts[3 * token] = how many of a token's picks are below first_zero in all layers, in the layer of
// the fewest, in that of the most. A warp a token; ids of all tokens of a layer lie behind those of the
// layer before.
KERNEL void LAUNCH_BOUNDS(32, 16)
    count_picks(const i32* ids, i32 layers, i32 top_k, i32 first_zero, i32* counts) {
  i32 token = block_index();
  i32 sum = 0;
  i32 least = 0x7fffffff;
  i32 most = 0;
  for (i32 layer = lane(); layer < layers; layer += 32) {
    const i32* own = ids + (static_cast<i64>(layer) * block_count() + token) * top_k;
    i32 real = 0;
    for (i32 k = 0; k < top_k; k++) real += load(own + k) < first_zero ? 1 : 0;
    sum += real;
    least = real < least ? real : least;
    most = real > most ? real : most;
  }
  UNROLL
  sum = sum_lanes(sum);
  least = -max_lanes(-least);
  most = max_lanes(most);
  if (lane() != 0) return;
  store(counts + 3 * token, sum);
  store(counts + 3 * token + 1, least);
  store(counts + 3 * token + 2, most);
}

// The largest key below last among those that a block's threads are shown, in all of them.
template <class Keys>
DEVICE u64 next_key(i32 count, u64 last, u64* of_warps, const Keys& keys) {
  u64 best = 0;
  for (i32 i = thread_index(); i < count; i += 256) {
    u64 key = keys(i);
    if (key < last && key > best) best = key;
  }
  best = max_lanes(best);
  sync_block();
  if (lane() == 0) of_warps[warp()] = best;
  sync_block();
  UNROLL
  for (int w = 0; w < 8; w++) best = of_warps[w] > best ? of_warps[w] : best;
  return best;
}

// ids[row] and values[row] = so many candidates with the highest logits, best first, of equals the
// lower id first. best has room for as many keys a block; done as above. A row has as many logits.
KERNEL void LAUNCH_BOUNDS(256, 4)
    choose_best(MatrixView logits, i32 candidates, u64* best, u32* done, i32* ids, float* values) {
  SHARED(u64, keys, kChoiceRun);
  SHARED(u64, of_warps, 8);
  SHARED(u32, before, 1);
  i32 row = block_index_y();
  i32 from = block_index() * kChoiceRun;
  i32 rest = static_cast<i32>(logits.columns) - from;
  i32 count = rest < kChoiceRun ? rest : kChoiceRun;
  const float* own = logits.data + row * logits.stride;
  for (i32 i = thread_index(); i < count; i += 256) {
    keys[i] = pick_key(load(own + from + i), from + i);
  }
  u64* row_best = best + static_cast<i64>(row) * block_count() * candidates;
  u64 last = ~0ull;
  for (i32 c = 0; c < candidates; c++) {
    last = next_key(count, last, of_warps, [&](i32 i) { return keys[i]; });
    if (thread_index() == 0) store(row_best + block_index() * candidates + c, last);
  }
  if (thread_index() == 0) {
    fence();
    before[0] = atomic_add(done + row, 1u);
  }
  sync_block();
  if (before[0] + 1 != static_cast<u32>(block_count())) return;
  fence();
  last = ~0ull;
  for (i32 c = 0; c < candidates; c++) {
    last = next_key(block_count() * candidates, last, of_warps,
                    [&](i32 i) { return load(row_best + i); });
    if (thread_index() != 0) continue;
    store(ids + row * candidates + c, id_of(last));
    store(values + row * candidates + c, load(own + id_of(last)));
  }
  if (thread_index() == 0) store(done + row, 0u);
}

}  // namespace longcat::device
