// How latent attention is laid out and cut, for kernels and whoever launches them.
#pragma once

#include "views.h"

namespace longcat::device {

struct HeadsView {
  int heads, nope, rope, latent, value;
  float scale;
};

// A sequence is cut every so many positions; parts are merged in their order, so that a row's bits
// do not depend on how many blocks there are.
constexpr int kStretch = 256;

// On tensor cores a row has at most so many parts, which get longer by doubling as the row sees
// more.
constexpr int kMostStretches = 16;

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
