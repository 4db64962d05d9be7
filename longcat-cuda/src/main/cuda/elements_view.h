// What operations on elements take beside the views of views.h.
#pragma once

#include "views.h"

namespace longcat::device {

// Partials that one launch adds up.
constexpr int kJoined = 16;

struct Partials {
  const float* data[kJoined];
  long long strides[kJoined];
  int count;
};

// How rows are rotated: cosines and sines of all angles are computed in double precision.
struct RotaryView {
  const double* frequencies;  // one for each pair
  double magnitude;
  int pairs;
  int groups;
};

// How the latents that rows begin with are normed.
struct LatentNorm {
  long long latent;  // columns
  WeightView gain;
  float epsilon;
  float scale;
};

// A block has so many threads, and takes so many columns of a row.
constexpr int kElementThreads = 256;
constexpr int kElementColumns = 4 * kElementThreads;

}  // namespace longcat::device
