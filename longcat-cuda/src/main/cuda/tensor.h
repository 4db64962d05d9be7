// Products on tensor cores. Weights are the left operand, 16 rows at once, decoded in registers to
// BF16 exactly; inputs are the right one, 8 rows at once, each a sum of BF16 terms.
//
// Order of additions, the same in every kernel and for any number of rows: steps of 16 columns and
// within them terms go into an accumulator of the tensor core; that of a chunk of 128 columns (of a
// group of 32 for integers) is scaled and added to the sum of its run in F32; the runs of a slice
// are added in order.
//
// Columns of a chunk are taken in pairs of steps, so that a lane's numbers lie side by side: its
// eight of pair p begin at pair_column.
#pragma once

#include "decode.h"
#include "faults.h"
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

DEVICE u32 pack_high(float low, float high) {
  return float_to_bits(low) >> 16 | (float_to_bits(high) & 0xffff0000u);
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

// Two steps of a tile: low and high are the numbers of the weight's rows, b those of the input's,
// one vector a term.
template <int kTerms>
DEVICE void multiply_pair(float c[4], const u32 low[4], const u32 high[4], const Vector4* b) {
  UNROLL
  for (int step = 0; step < 2; step++) {
    u32 a[4] = {low[2 * step], high[2 * step], low[2 * step + 1], high[2 * step + 1]};
    UNROLL
    for (int term = 0; term < kTerms; term++) multiply_bf16(c, a, b[term].v + 2 * step);
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

// How a row is scaled before it is cut into terms: its largest number becomes two to the exponent.
struct TermScale {
  float half;  // in two factors, since one may be too large
  float rest;
  float factor;  // of what comes out
  bool finite;
};

DEVICE TermScale term_scale(u32 largest_bits, i32 exponent) {
  bool finite = largest_bits < 0x7f800000u;
  i32 scale =
      static_cast<i32>(largest_bits >> 23) > 0 ? static_cast<i32>(largest_bits >> 23) - 127 : -126;
  i32 shift = exponent - scale;
  return {bits_to_float(static_cast<u32>(127 + shift / 2) << 23),
          bits_to_float(static_cast<u32>(127 + shift - shift / 2) << 23),
          bits_to_float(finite ? static_cast<u32>(127 + scale) << 23 : 0x7fc00000u), finite};
}

// The magnitude's bits of the largest number that the eight or fewer warps of a block have seen.
DEVICE u32 largest_of_block(u32 magnitude, u32* of_warps) {
  magnitude = max_lanes(magnitude);
  if (lane() == 0) of_warps[warp()] = magnitude;
  sync_block();
  for (i32 w = 0; w < block_threads() / 32; w++) {
    magnitude = of_warps[w] > magnitude ? of_warps[w] : magnitude;
  }
  return magnitude;
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

// sums += scale * c
DEVICE void add_scaled(float sums[4], const float c[4], const float scales[2]) {
  UNROLL
  for (int i = 0; i < 4; i++) sums[i] = fma_f(scales[i / 2], c[i], sums[i]);
}

// sums += a chunk of the columns of 16 rows of a weight; terms(column, b) gives the input's numbers
// of a lane's place from a column on.
template <int kFormat, int kTerms, class Terms>
DEVICE void add_chunk(const WeightRows<kFormat>& rows, i32 column, const Terms& terms,
                      float sums[4]) {
  constexpr int kWords = Raw<kFormat>::kWords;
  float c[4] = {};
  ROLLED
  for (i32 half = 0; half < 2; half++) {
    u32 raw[2][2 * kWords];
    rows.load_pairs(column, 2 * half, raw);
    UNROLL
    for (int within = 0; within < 2; within++) {
      i32 pair = 2 * half + within;
      u32 low[4];
      u32 high[4];
      expand<kFormat>(raw[0] + within * kWords, low);
      expand<kFormat>(raw[1] + within * kWords, high);
      Vector4 b[kTerms] = {};
      terms(column + pair_column<kFormat>(pair), b);
      multiply_pair<kTerms>(c, low, high, b);
      if ((pair + 1) % Raw<kFormat>::kScaled != 0) continue;
      float scales[2];
      rows.scales(column + (Raw<kFormat>::kScaled == 1 ? 32 * pair : 0), scales);
      add_scaled(sums, c, scales);
      for (int i = 0; i < 4; i++) c[i] = 0;
    }
  }
}

// The factor of a chunk of a row that begins at a vector of E4M3 numbers, of which a chunk has
// eight.
DEVICE float chunk_factor(const TermsView& x, u32 vector, i32 column) {
  return vector == kNoRow ? 0.0f : load(x.factors + (vector / 8 + static_cast<u32>(column / kChunk)));
}

// Four numbers as E4M3.
DEVICE u32 quantised(const float numbers[4], float scale) {
  u32 word = 0;
  UNROLL
  for (int i = 0; i < 4; i++) {
    word |= static_cast<u32>(to_fp8(divide_f(numbers[i], scale))) << 8 * i;
  }
  return word;
}

// c += 64 columns of 16 rows of a weight by eight rows of the input, all of E4M3.
DEVICE void multiply_codes(float c[4], const u32 low[4], const u32 high[4], const Vector4& b) {
  UNROLL
  for (int step = 0; step < 2; step++) {
    u32 a[4] = {low[2 * step], high[2 * step], low[2 * step + 1], high[2 * step + 1]};
    multiply_fp8(c, a, b.v + 2 * step);
  }
}

// sums += c by the scales of the weight's rows and the factors of the input's two.
DEVICE void add_scaled_twice(float sums[4], const float c[4], const float scales[2],
                             const float factors[2]) {
  UNROLL
  for (int i = 0; i < 4; i++) sums[i] = fma_f(scales[i / 2] * factors[i % 2], c[i], sums[i]);
}

// As add_chunk; codes(half) gives a lane its 32 columns of half of a chunk, own is the factor of its
// row.
template <class Codes>
DEVICE void add_chunk_of_codes(const WeightRows<kFp8Both>& rows, i32 column, const Codes& codes,
                               float own, float sums[4]) {
  float c[4] = {};
  UNROLL
  for (int half = 0; half < 2; half++) {
    u32 raw[2][4];
    rows.load_pairs(column, 2 * half, raw);
    multiply_codes(c, raw[0], raw[1], codes(half));
  }
  float factors[2] = {shuffle(own, 8 * lane_part()), shuffle(own, 8 * lane_part() + 4)};
  float scales[2];
  rows.scales(column, scales);
  add_scaled_twice(sums, c, scales, factors);
}

// Of a lane's four results of a tile: the input's row and the weight's, as offsets.
DEVICE i32 result_row(i32 tile, i32 i) { return 8 * tile + 2 * lane_part() + i % 2; }
DEVICE i32 result_output(i32 i) { return lane_row() + 8 * (i / 2); }

struct Run {
  i32 from;  // column
  i32 to;
};

DEVICE i32 run_length(i32 columns) { return (columns / kChunk + kRuns - 1) / kRuns * kChunk; }

DEVICE Run run_of(i32 columns, i32 run) {
  i32 length = run_length(columns);
  return {least(run * length, columns), least((run + 1) * length, columns)};
}

DEVICE i32 run_count(i32 columns) {
  i32 length = run_length(columns);
  return (columns + length - 1) / length;
}

// What a block works on: rows of the input by rows of a weight, in one slice.
struct TensorItem {
  i32 first;  // row of the result: of a dense product, or entry
  i32 count;
  i32 expert;
  i32 slice;
  i32 output;  // first row of the weight's outputs
  i32 head;
  i32 second;  // whether it is of the second product
};

// Of a dense result.
DEVICE i32 rows_of(const TensorJob& job) {
  return static_cast<i32>(job.x.rows) / (job.heads != 0 ? job.heads : 1);
}

DEVICE i32 output_blocks(i32 outputs, i32 each) { return (outputs + each - 1) / each; }

// Items that the slices of an output are; kernels of few rows alone have several in one.
template <bool kFew>
DEVICE i32 item_slices(const TensorJob& job) {
  return kFew && job.joined != 0 ? 1 : job.x.slices;
}

// Items follow each other so that neighbours share a weight's rows.
template <bool kFew>
DEVICE i64 item_count(const TensorJob& job, i32 rows, i32 outputs) {
  i64 tiles = job.experts != nullptr ? load(job.tile_count) : (rows_of(job) + rows - 1) / rows;
  i32 blocks = output_blocks(job.outputs, outputs);
  if constexpr (kFew) blocks += output_blocks(job.second.outputs, outputs);
  return tiles * blocks * item_slices<kFew>(job) * (job.heads != 0 ? job.heads : 1);
}

template <bool kFew>
DEVICE TensorItem item_at(const TensorJob& job, i64 index, i32 rows, i32 outputs) {
  i32 first_blocks = output_blocks(job.outputs, outputs);
  i32 blocks = first_blocks;
  if constexpr (kFew) blocks += output_blocks(job.second.outputs, outputs);
  TensorItem item = {};
  if (job.experts != nullptr) {
    i64 rest = index / job.x.slices;
    item.slice = static_cast<i32>(index % job.x.slices);
    item.output = static_cast<i32>(rest % blocks) * outputs;
    ExpertTile tile = load(job.tiles + rest / blocks);
    item.first = tile.first;
    item.count = tile.count;
    item.expert = tile.expert;
    return item;
  }
  i32 tiles = (rows_of(job) + rows - 1) / rows;
  i64 rest = index / tiles;
  item.slice = static_cast<i32>(rest % item_slices<kFew>(job));
  rest /= item_slices<kFew>(job);
  i32 block = static_cast<i32>(rest % blocks);
  if constexpr (kFew) {
    item.second = block >= first_blocks ? 1 : 0;
    if (item.second != 0) block -= first_blocks;
  }
  item.output = block * outputs;
  item.head = static_cast<i32>(rest / blocks);
  item.first = static_cast<i32>(index % tiles) * (kFault == kWrongTile ? rows + 1 : rows);
  item.count = least(rows, rows_of(job) - item.first);
  return item;
}

DEVICE WeightView weight_of(const TensorJob& job, const TensorItem& item, i32 which) {
  if (job.experts == nullptr) return which == 1 ? job.up : job.weight;
  const ExpertView* expert = job.experts + item.expert;
  return load(which == 0 ? &expert->gate : which == 1 ? &expert->up : &expert->down);
}

// The input's row of a row of an item, or -1 behind its last.
DEVICE i32 input_row(const TensorJob& job, const TensorItem& item, i32 row) {
  if (row >= item.count) return -1;
  if (job.chosen != nullptr) return load(job.chosen + item.first + row);
  return job.heads != 0 ? (item.first + row) * job.heads + item.head : item.first + row;
}

// The first row of the weight, as it lies in memory, that an item takes.
DEVICE i32 weight_row(const TensorJob& job, const TensorItem& item) {
  return item.head * job.head_step + job.head_first + item.output;
}

// Where a lane finds its input row: in vectors from the first term on.
template <int kFormat, int kTerms>
DEVICE u32 vectors_of(const TensorJob& job, const TensorItem& item, i32 index) {
  i32 row = input_row(job, item, index);
  if (row < 0) return kNoRow;
  u32 place = static_cast<u32>(row) * static_cast<u32>(job.x.slices) + static_cast<u32>(item.slice);
  return place * static_cast<u32>(input_vectors<kFormat, kTerms>(job.x.columns));
}

DEVICE float factor_of(const TensorJob& job, const TensorItem& item, i32 row) {
  if (job.x.scaled != 0) return 1;
  i64 place = static_cast<i64>(input_row(job, item, row)) * job.x.slices + item.slice;
  return load(job.x.factors + place);
}

DEVICE void put(const TensorJob& job, const TensorItem& item, i32 row, i32 output, float sum) {
  i64 at = (item.first + row) * job.stride + item.head * job.outputs + item.output + output;
  if (job.bias.data != nullptr) sum += weight_number(job.bias, 0, item.output + output);
  store(job.into + item.slice * job.slice_step + at, sum);
}

}  // namespace longcat::device
