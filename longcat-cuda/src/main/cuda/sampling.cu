// The choice of tokens. Floor: the logits once.
#include "ordering.h"

namespace longcat::device {

constexpr i32 kChoiceRun = 4096;  // logits of a block

// ids[row] = the highest logit's, the lower id first. best has room for a key a block; done holds a
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
  store(ids + row, id_of(key));
  store(done + row, 0u);
}

}  // namespace longcat::device
