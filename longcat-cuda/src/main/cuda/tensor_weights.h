// Weights as the left operand of tensor cores: decoded in registers to BF16, exactly. Columns of a
// chunk are taken in pairs of steps, so that a lane's numbers lie side by side: its eight of pair p
// begin at pair_column.
#pragma once

#include "decode.h"
#include "ordering.h"
#include "tensor_view.h"

namespace longcat::device {

constexpr i32 kPairs = kChunk / 32;

constexpr u32 kNoRow = ~0u;  // in the place of a row's first vector

// A lane's place: operand row (and row + 8 of the weight), and the columns that it holds.
DEVICE i32 lane_row() { return lane() >> 2; }
DEVICE i32 lane_part() { return lane() & 3; }

// Where kernels say which format a weight has: FP8 that meets inputs of FP8.
constexpr int kFp8Both = 6;

constexpr bool is_fp8(int format) { return format == kFp8 || format == kFp8Both; }

// Numbers of a slice of a row of the input, in vectors.
template <int kFormat, int kTerms>
constexpr i32 input_vectors(i32 columns) {
  return kFormat == kFp8Both ? columns / 16 : kTerms * columns / 8;
}

template <int kFormat>
DEVICE i32 pair_column(i32 pair) {
  return is_fp8(kFormat) ? 64 * (pair / 2) + 16 * lane_part() + 8 * (pair % 2)
                         : 32 * pair + 8 * lane_part();
}

// Words of the eight numbers of a pair.
template <int kFormat>
struct Raw {
  static constexpr int kWords = kFormat == kBf16 ? 4 : kFormat == kInt4 ? 1 : 2;
  // Pairs after which an accumulator is scaled.
  static constexpr int kScaled = kFormat == kInt8 || kFormat == kInt4 ? 1 : kPairs;
};

template <int kFormat>
constexpr i32 bytes_of(i32 columns) {
  return kFormat == kBf16 ? 2 * columns : kFormat == kInt4 ? columns / 2 : columns;
}

// Two E4M3 codes, each in a half of a word, as BF16 numbers divided by 2^120: the exponents are
// moved, nothing is rounded. What is no number gets all bits of an exponent.
DEVICE u32 expand_fp8_pair(u32 codes) {
  u32 rest = codes & 0x007f007fu;
  u32 odd = (rest + 0x00010001u) & 0x00800080u;
  return (codes & 0x00800080u) << 8 | rest << 4 | odd * 255u;
}

DEVICE void expand_fp8(u32 word, u32 out[2]) {
  out[0] = expand_fp8_pair((word & 0xffu) | (word & 0xff00u) << 8);
  out[1] = expand_fp8_pair((word >> 16 & 0xffu) | (word >> 24) << 16);
}

// A small whole number above zero, by way of the fraction of 2^23.
DEVICE float whole(u32 number, float offset) {
  return bits_to_float(0x4b000000u | number) - (8388608.0f + offset);
}

DEVICE void expand_int8(u32 word, u32 out[2]) {
  u32 shifted = word ^ 0x80808080u;
  UNROLL
  for (int i = 0; i < 2; i++) {
    out[i] = pack_high(whole(shifted >> 16 * i & 0xffu, 128.0f),
                       whole(shifted >> (16 * i + 8) & 0xffu, 128.0f));
  }
}

DEVICE void expand_int4(u32 half, u32 out[2]) {
  UNROLL
  for (int i = 0; i < 2; i++) {
    out[i] = pack_high(whole(half >> 8 * i & 15u, 8.0f), whole(half >> (8 * i + 4) & 15u, 8.0f));
  }
}

// The numbers of a pair as BF16: two words for its first step, two for its second.
template <int kFormat>
DEVICE void expand(const u32* raw, u32 out[4]) {
  if constexpr (kFormat == kBf16) {
    UNROLL
    for (int i = 0; i < 4; i++) out[i] = raw[i];
  } else if constexpr (kFormat == kFp8) {
    expand_fp8(raw[0], out);
    expand_fp8(raw[1], out + 2);
  } else if constexpr (kFormat == kInt8) {
    expand_int8(raw[0], out);
    expand_int8(raw[1], out + 2);
  } else {
    expand_int4(raw[0] & 0xffffu, out);
    expand_int4(raw[0] >> 16, out + 2);
  }
}

// The numbers of two pairs, from memory that is read once.
template <int kFormat>
DEVICE void load_pairs(const u8* row, i32 first, u32 raw[2 * Raw<kFormat>::kWords]) {
  if constexpr (is_fp8(kFormat)) {
    Vector4 v = load_stream(reinterpret_cast<const Vector4*>(row + pair_column<kFormat>(first)));
    UNROLL
    for (int i = 0; i < 4; i++) raw[i] = v.v[i];
  } else {
    UNROLL
    for (int pair = 0; pair < 2; pair++) {
      const u8* from = row + bytes_of<kFormat>(pair_column<kFormat>(first + pair));
      if constexpr (kFormat == kBf16) {
        Vector4 v = load_stream(reinterpret_cast<const Vector4*>(from));
        UNROLL
        for (int i = 0; i < 4; i++) raw[4 * pair + i] = v.v[i];
      } else if constexpr (kFormat == kInt8) {
        u64 v = load(reinterpret_cast<const u64*>(from));
        raw[2 * pair] = static_cast<u32>(v);
        raw[2 * pair + 1] = static_cast<u32>(v >> 32);
      } else {
        raw[pair] = load(reinterpret_cast<const u32*>(from));
      }
    }
  }
}

// The two rows of a weight whose numbers a lane holds: lane_row and that plus 8 from one on. Rows
// behind the last are the last.
template <int kFormat>
class WeightRows {
 public:
  DEVICE void open(const WeightView& w, i32 first, i32 column) {
    if constexpr (kFormat != kBf16) {
      scale_ = divide_f(1.0f, static_cast<float>(w.block_columns));
      offset_ = (static_cast<float>(column) + 0.5f) * scale_;
    }
    UNROLL
    for (int i = 0; i < 2; i++) {
      i32 row = least(first + lane_row() + 8 * i, static_cast<i32>(w.rows) - 1);
      bytes_[i] = w.data + row * w.row_bytes + bytes_of<kFormat>(column);
      if constexpr (kFormat != kBf16) {
        i32 block = is_fp8(kFormat) ? row / static_cast<i32>(w.block_rows) : row;
        first_[i] = static_cast<u32>(block) * static_cast<u32>(w.scale_columns);
      }
    }
    if constexpr (is_fp8(kFormat)) scales_ = w.scales;
    if constexpr (kFormat == kInt8 || kFormat == kInt4) scales_ = w.factors;
  }

  DEVICE void load_pairs(i32 column, i32 pair, u32 raw[2][2 * Raw<kFormat>::kWords]) const {
    UNROLL
    for (int i = 0; i < 2; i++) {
      device::load_pairs<kFormat>(bytes_[i] + bytes_of<kFormat>(column), pair, raw[i]);
    }
  }

  // Those of the block that a column lies in, counted from the first one.
  DEVICE void scales(i32 column, float out[2]) const {
    // A division by the columns of a block, right for columns below 2^20.
    u32 block =
        kFormat == kBf16 ? 0 : static_cast<u32>(fma_f(static_cast<float>(column), scale_, offset_));
    UNROLL
    for (int i = 0; i < 2; i++) {
      if constexpr (kFormat == kBf16) {
        out[i] = 1;
      } else if constexpr (is_fp8(kFormat)) {
        out[i] = load(static_cast<const float*>(scales_) + (first_[i] + block));
      } else {
        out[i] = from_bf16(load(static_cast<const u16*>(scales_) + (first_[i] + block)));
      }
    }
  }

 private:
  const u8* bytes_[2];
  const void* scales_;
  u32 first_[2];
  float scale_;
  float offset_;
};

}  // namespace longcat::device
