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

// Positions of a part of a row.
DEVICE i32 stretch_length(const PlannedRow& row, bool tensor) {
  i32 length = kStretch;
  if (!tensor || sparse(row)) return length;
  while (static_cast<i64>(length) * kMostStretches <= row.position) length *= 2;
  return length;
}

DEVICE bool keeps(const Kept& kept, float score, i32 position) {
  u32 order = order_of(score);
  return order > kept.threshold || (order == kept.threshold && position <= kept.last_equal);
}

}  // namespace longcat::device
