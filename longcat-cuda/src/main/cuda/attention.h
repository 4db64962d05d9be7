// What the kernels of latent attention share: how they are laid out, where cached rows lie.
#pragma once

#include "attention_view.h"
#include "decode.h"
#include "ordering.h"

namespace longcat::device {

DEVICE const u8* cached_row(const RowsView& cache, const PlanView& plan, const PlannedRow& row,
                            i32 position) {
  i32 page = load(plan.pages + row.first_page + (position >> plan.shift));
  i64 slot = (static_cast<i64>(page) << plan.shift) + (position & ((1 << plan.shift) - 1));
  return cache.data + slot * cache.row_bytes;
}

DEVICE float cached_scale(const RowsView& cache, const u8* row) {
  if (cache.format != kFp8) return 1;
  return load(reinterpret_cast<const float*>(row + fp8_scale_offset(cache.columns)));
}

DEVICE float cached_number(i32 format, const u8* row, float scale, i32 column) {
  if (format == kF32) return load(reinterpret_cast<const float*>(row) + column);
  if (format == kBf16) return from_bf16(load(reinterpret_cast<const u16*>(row) + column));
  return from_fp8(load(row + column)) * scale;
}

DEVICE bool sparse(const PlannedRow& row) { return row.top_k > 0 && row.position + 1 > row.top_k; }

DEVICE i32 part_length(const PlannedRow& row, const Cuts& cuts) {
  return part_length(sparse(row) ? kEvenCuts : cuts, row.position);
}

DEVICE bool keeps(const Kept& kept, float score, i32 position) {
  u32 order = order_of(score);
  return order > kept.threshold || (order == kept.threshold && position <= kept.last_equal);
}

// What the stretches of a head left: [stretch][latent + 2].
struct Parts {
  const float* data;
  i64 step;
  i32 count;
  i32 ends;  // where the largest score and the sum of powers lie
  float largest;
  float total;
};

DEVICE Parts parts_of(const PlannedRow& row, const HeadsView& heads, const Cuts& cuts,
                      const float* data) {
  Parts parts = {data, heads.latent + 2, row.position / part_length(row, cuts) + 1,
                 heads.latent, lowest(), 0};
  const float* ends = data + parts.ends;
  for (i32 s = 0; s < parts.count; s++) {
    float score = load(ends + s * parts.step);
    parts.largest = score > parts.largest ? score : parts.largest;
  }
  for (i32 s = 0; s < parts.count; s++) {
    float power = exp_f(load(ends + s * parts.step) - parts.largest);
    parts.total = fma_f(power, load(ends + s * parts.step + 1), parts.total);
  }
  return parts;
}

constexpr i32 kMergeThreads = 128;

// The stretches' parts of a column merged in order; all threads of a block call it, with a negative
// column to help alone.
DEVICE float merged_number(const Parts& parts, i32 column, float* factors) {
  float sum = 0;
  for (i32 s = 0; s < parts.count; s++) {
    if (s % kMergeThreads == 0) {
      sync_block();
      i32 mine = s + thread_index();
      const float* end = parts.data + mine * parts.step + parts.ends;
      factors[thread_index()] = mine < parts.count ? exp_f(load(end) - parts.largest) : 0.0f;
      sync_block();
    }
    if (column < 0) continue;
    sum = fma_f(factors[s % kMergeThreads], load(parts.data + s * parts.step + column), sum);
  }
  return divide_f(sum, parts.total);
}

}  // namespace longcat::device
