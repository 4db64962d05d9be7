// Numbers of stored weights, four neighbouring columns at a time.
#pragma once

#include "formats.h"
#include "views.h"

namespace longcat::device {

DEVICE float stored_number(const WeightView& w, const u8* row, i32 column) {
  switch (w.format) {
    case kF32:
      return load(reinterpret_cast<const float*>(row) + column);
    case kBf16:
      return from_bf16(load(reinterpret_cast<const u16*>(row) + column));
    case kF16:
      return from_half(load(reinterpret_cast<const u16*>(row) + column));
    case kFp8:
      return from_fp8(load(row + column));
    case kInt8:
      return static_cast<float>(load(reinterpret_cast<const i8*>(row) + column));
    default: {
      u32 pair = load(row + column / 2);
      return static_cast<float>(static_cast<i32>(column % 2 != 0 ? pair >> 4 : pair & 15u) - 8);
    }
  }
}

DEVICE bool has_scales(const WeightView& w) { return w.scales != nullptr || w.factors != nullptr; }

DEVICE float scale_of(const WeightView& w, i32 row, i32 column) {
  i64 block = column / static_cast<i32>(w.block_columns);
  if (w.factors != nullptr) return from_bf16(load(w.factors + row * w.scale_columns + block));
  return load(w.scales + row / static_cast<i32>(w.block_rows) * w.scale_columns + block);
}

DEVICE float weight_number(const WeightView& w, i32 row, i32 column) {
  float number = stored_number(w, w.data + row * w.row_bytes, column);
  return has_scales(w) ? number * scale_of(w, row, column) : number;
}

// The columns begin at a multiple of four; what lies behind the last of a row is padding.
DEVICE void stored_numbers(const WeightView& w, const u8* row, i32 column, float out[4]) {
  if (w.format == kF32) {
    Vector4 v = load(reinterpret_cast<const Vector4*>(row) + column / 4);
    UNROLL
    for (int i = 0; i < 4; i++) out[i] = bits_to_float(v.v[i]);
  } else if (w.format == kBf16 || w.format == kF16) {
    u64 v = load(reinterpret_cast<const u64*>(row) + column / 4);
    UNROLL
    for (int i = 0; i < 4; i++) {
      u16 bits = static_cast<u16>(v >> 16 * i);
      out[i] = w.format == kBf16 ? from_bf16(bits) : from_half(bits);
    }
  } else if (w.format == kInt4) {
    u32 v = load(reinterpret_cast<const u16*>(row) + column / 4);
    UNROLL
    for (int i = 0; i < 4; i++) {
      out[i] = static_cast<float>(static_cast<i32>(v >> 4 * i & 15u) - 8);
    }
  } else {
    u32 v = load(reinterpret_cast<const u32*>(row) + column / 4);
    UNROLL
    for (int i = 0; i < 4; i++) {
      u8 byte = static_cast<u8>(v >> 8 * i);
      out[i] = w.format == kFp8 ? from_fp8(byte) : static_cast<float>(static_cast<i8>(byte));
    }
  }
}

// Numbers of count columns, at most four, from a column on; zeros behind them.
DEVICE void weight_numbers(const WeightView& w, i32 row, i32 column, i32 count, float out[4]) {
  bool scaled = has_scales(w);
  if (count == 4 && column % 4 == 0 && (!scaled || w.block_columns % 4 == 0)) {
    stored_numbers(w, w.data + row * w.row_bytes, column, out);
    if (scaled) {
      float scale = scale_of(w, row, column);
      UNROLL
      for (int i = 0; i < 4; i++) out[i] *= scale;
    }
    return;
  }
  UNROLL
  for (int i = 0; i < 4; i++) out[i] = i < count ? weight_number(w, row, column + i) : 0.0f;
}

}  // namespace longcat::device
