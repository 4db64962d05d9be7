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
};

// The chunks of a slice are cut into so many runs, each summed for itself; these are added in
// order.
constexpr int kRuns = 8;

}  // namespace longcat::device
