// Work for the kernels that multiply on tensor cores.
#pragma once

#include "experts_view.h"

namespace longcat::device {

// Columns whose products are summed before they are scaled and added in F32.
constexpr int kChunk = 128;

// A row of the input cut into terms of BF16 that add up to it, times a power of two: [row][slice]
// [term][column of the slice]. Multiplied with the factor of the row and slice, sums of products
// are those of the row. Or, where they are scaled, E4M3 numbers with a factor for every chunk, which
// products are multiplied with chunk by chunk: [row][slice][column], [row][slice][chunk].
struct TermsView {
  unsigned short* terms;
  float* factors;  // [row][slice]
  long long rows;
  int columns;  // of a slice
  int slices;
  int scaled;
};

// Inputs in F32 that the kernels of few rows cut into terms where they multiply, as TermsView tells of
// their columns and slices.
struct InputsView {
  const float* data;
  long long stride;
  WeightView gain;  // no data: as they are; else they are normed first, as rms_norm would
  float epsilon;
  float scale;
  int exponent;  // the largest of a slice becomes two to this
  int chunks;    // that a warp has room for
  int pitch;     // bytes from a row to the next in that room
  int rows;      // of an item at most
};

// Bytes of a row of the room of a warp: terms, or numbers of E4M3 and a factor for every chunk. What
// lies behind them has lanes that read at once meet different banks.
constexpr int input_pitch(bool codes, bool fp8, int terms, int chunks) {
  return codes ? chunks * kChunk + (4 * chunks + 15) / 16 * 16 + 64
               : 2 * terms * chunks * kChunk + (fp8 ? 16 : 64);
}

// The weight that is multiplied beside the first one, with the same inputs: the job's up.
struct SecondProduct {
  WeightView bias;
  float* into;
  long long stride;
  int outputs;  // 0: there is none
};

// into[row] = weight x[row] for dense rows, or for the entries of tiles of experts. A sliced weight
// leaves a sum for each slice, slice_step apart.
struct TensorJob {
  WeightView weight;          // of a dense product
  WeightView up;              // of a dense gated one
  WeightView bias;            // no data: none
  const ExpertView* experts;  // null for a dense product
  const ExpertTile* tiles;
  const int* tile_count;
  const int* chosen;  // of an entry: its row in the input; null: the entry itself
  int which;          // weight of an expert: 0 gate, 1 up, 2 down
  TermsView x;
  float* into;
  long long stride;
  long long slice_step;
  long long
      run_step;  // tiles leave the sum of each run for join_runs, so far apart; 0: they do not
  int outputs;   // rows of the weight, or of a head
  // Where heads is not 0, a dense product is one for each head: of the rows of the weight that
  // begin at head * head_step + head_first, with row * heads + head of the input, into columns from
  // head * outputs on.
  int heads;
  int head_step;
  int head_first;
  // Of kernels of few rows alone.
  InputsView inputs;
  SecondProduct second;
  int joined;  // whether a block has all slices of its outputs, and joins them
};

// Slices that a block has at most.
constexpr int kMostJoined = 8;

// The chunks of a slice are cut into so many runs, each summed for itself; these are added in
// order.
constexpr int kRuns = 8;

}  // namespace longcat::device
