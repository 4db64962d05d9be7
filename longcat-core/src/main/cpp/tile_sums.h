// Sums of a tile of columns for some rows, kept apart until they are joined.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "context.h"
#include "kernels.h"

namespace longcat {

// Places for sums of each row, of which the first is where the result goes and begins with what is
// there. Others begin with zero when something is added, and cost nothing before.
class TileSums {
 public:
  static int64_t bytes(int64_t places, int64_t rows) {
    return Scratch::bytes<float>((places - 1) * rows * kTileRows) +
           Scratch::bytes<uint8_t>(places * rows);
  }

  TileSums(float* into, int64_t stride, int64_t rows, int64_t size, int64_t places,
           Scratch& scratch)
      : into_(into),
        stride_(stride),
        rows_(rows),
        size_(size),
        places_(places),
        others_(scratch.take<float>((places - 1) * rows * kTileRows)),
        filled_(scratch.take<uint8_t>(places * rows)) {
    std::fill(filled_, filled_ + places * rows, uint8_t{0});
  }

  // All places of a row are there from now on.
  void begin(int64_t row) {
    for (int64_t place = 1; place < places_ && !filled(place, row); place++) {
      std::fill_n(at(place, row), size_, 0.0f);
      filled(place, row) = 1;
    }
  }

  // For a place that is there.
  float* at(int64_t place, int64_t row) {
    return place == 0 ? into_ + row * stride_ : others_ + ((place - 1) * rows_ + row) * kTileRows;
  }

  void add(int64_t place, int64_t row, float weight, const float* products) {
    float* sum = at(place, row);
    if (place == 0 || filled(place, row)) {
      for (int64_t i = 0; i < size_; i++) sum[i] += weight * products[i];
    } else {
      for (int64_t i = 0; i < size_; i++) sum[i] = 0 + weight * products[i];
      filled(place, row) = 1;
    }
  }

  // What is in another place is added, and is not there any more.
  void join(int64_t place, int64_t other) {
    for (int64_t row = 0; row < rows_; row++) {
      if (!filled(other, row)) continue;
      float* sum = at(place, row);
      const float* addend = at(other, row);
      if (place == 0 || filled(place, row)) {
        for (int64_t i = 0; i < size_; i++) sum[i] += addend[i];
      } else {
        std::copy(addend, addend + size_, sum);
      }
      filled(place, row) = 1;
      filled(other, row) = 0;
    }
  }

  // To be called when all is joined: rows that nothing was joined to have met a sum of zero.
  void finish() {
    for (int64_t row = 0; row < rows_; row++) {
      if (filled(0, row)) continue;
      float* sum = at(0, row);
      // Makes zero of minus zero.
      for (int64_t i = 0; i < size_; i++) sum[i] += 0.0f;
    }
  }

 private:
  uint8_t& filled(int64_t place, int64_t row) { return filled_[place * rows_ + row]; }

  float* into_;
  int64_t stride_;
  int64_t rows_;
  int64_t size_;
  int64_t places_;
  float* others_;
  uint8_t* filled_;
};

}  // namespace longcat
