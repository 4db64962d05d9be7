// How latent attention is laid out and cut, for kernels and whoever launches them.
#pragma once

#include "views.h"

namespace longcat::device {

struct HeadsView {
  int heads, nope, rope, latent, value;
  float scale;
};

// Where nothing else is said a part of a sequence has so many positions. Parts are merged in their
// order, so that a row's bits do not depend on how many blocks there are.
constexpr int kStretch = 256;

// How the positions that a row sees are cut: into parts of no less than shortest, no more than most
// of them.
struct Cuts {
  int shortest;
  int most;
};

// Of rows that keep few positions, and where there are no tensor cores.
constexpr Cuts kEvenCuts = {kStretch, 0x7fffffff};

// On tensor cores. What a part leaves is written and read again, in F32, for every head: beside
// weights or cached rows of a byte that is a larger share, so that parts are longer there.
constexpr Cuts cuts_of(int weight_format, int cache_format) {
  bool narrow = weight_format >= kFp8 || cache_format >= kFp8;
  return {narrow ? 2 * kStretch : kStretch, cache_format >= kFp8 ? 7 : 16};
}

// Positions of a part, by the last position that a row sees: whole tiles.
constexpr int part_length(const Cuts& cuts, int last) {
  constexpr int kTile = 64;
  int length = (last / cuts.most / kTile + 1) * kTile;
  return length > cuts.shortest ? length : cuts.shortest;
}

// A block that merges stretches of up to so many rows expands so many of a head's values.
constexpr int kMergedRows = 8;
constexpr int kMergedOutputs = 64;

// Rows of the batch that are worked on at once.
struct AttentionRows {
  int first;
  int count;
};

// How many heads and positions a block holds at once.
struct AttendShape {
  int heads;
  int positions;
};

// Which positions a head of a row keeps: those above the threshold, and equals up to a position.
struct Kept {
  unsigned threshold;
  int last_equal;
};

}  // namespace longcat::device
