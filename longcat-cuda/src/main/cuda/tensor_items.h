// What the blocks of products on tensor cores work on, and where they leave it.
#pragma once

#include "faults.h"
#include "tensor.h"

namespace longcat::device {

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
