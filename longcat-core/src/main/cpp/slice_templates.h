// Sums of slices beside each other, and how they end up in totals.
#pragma once

#include "kernels.h"

namespace longcat {

// For each of up to kMostSlices slices, the sums of some rows of inputs with rows of a weight.
template <int kRows, int kWeightRows>
struct SliceSums {
  float of[kMostSlices][kRows * kWeightRows];

  // Slice by slice, or what they were joined to.
  void add_to(const Totals& totals, int slices) {
    if (totals.apart == 0) join(slices);
    for (int s = 0; s == 0 || (totals.apart != 0 && s < slices); s++) add_slice(totals, s);
  }

 private:
  // The first one becomes the sum of all: neighbours in pairs, then the pairs, and so on.
  void join(int slices) {
    for (int apart = 1; apart < slices; apart *= 2) {
      for (int s = 0; s < slices; s += 2 * apart) {
        for (int i = 0; i < kRows * kWeightRows; i++) of[s][i] += of[s + apart][i];
      }
    }
  }

  void add_slice(const Totals& totals, int slice) const {
    for (int r = 0; r < kRows; r++) {
      float* into = totals.base + slice * totals.apart + r * totals.stride;
      const float* sums = of[slice] + r * kWeightRows;
      if (totals.start) {
        for (int w = 0; w < kWeightRows; w++) into[w] = sums[w];
      } else {
        for (int w = 0; w < kWeightRows; w++) into[w] += sums[w];
      }
    }
  }
};

}  // namespace longcat
