// Products of some consecutive rows of a weight with rows of inputs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "weight.h"

namespace longcat {

// Rows of a weight that one item of work takes.
constexpr int64_t kTileRows = 16;
// Up to so many input rows a weight is decoded in registers, beyond once for all of them.
constexpr int64_t kFusedRows = kInputRows;

inline int64_t tiles(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }

// Numbers of the memory that a tile decodes into.
inline int64_t tile_floats(const Weight& weight) { return kTileRows * padded(weight.columns); }

class Tile {
 public:
  // The rows [first, first + count()) of the weight; input_rows is how many input rows follow.
  Tile(const Kernels& kernels, const Weight& weight, int64_t first, int64_t last,
       int64_t input_rows, float* memory)
      : kernels_(kernels), weight_(weight), first_(first), count_(std::min(kTileRows, last - first)) {
    decoded_ = input_rows > kFusedRows || !weight.whole_steps();
    if (decoded_) decode(memory);
  }

  int64_t count() const { return count_; }

  // out[r * kTileRows + i] = weight row i times input row r.
  void apply(const float* const* input, int input_rows, float* out) const {
    for (int64_t i = 0; i < count_; i += kernels_.weight_rows) {
      int used = static_cast<int>(std::min<int64_t>(kernels_.weight_rows, count_ - i));
      StoredRow rows[kMaxWeightRows];
      for (int w = 0; w < kernels_.weight_rows; w++) rows[w] = row(i + std::min(w, used - 1));
      float part[kInputRows * kMaxWeightRows];
      int32_t format = decoded_ ? LONGCAT_F32 : weight_.format;
      kernels_.products[format](rows, input, input_rows, weight_.columns, part);
      for (int r = 0; r < input_rows; r++) {
        for (int w = 0; w < used; w++) {
          out[r * kTileRows + i + w] = part[r * kernels_.weight_rows + w];
        }
      }
    }
  }

 private:
  void decode(float* memory) {
    memory_ = memory;
    for (int64_t i = 0; i < count_; i++) {
      decode_row(kernels_, weight_, first_ + i, memory + i * padded(weight_.columns));
    }
  }

  StoredRow row(int64_t i) const {
    if (!decoded_) return weight_.row(first_ + i);
    const float* numbers = memory_ + i * padded(weight_.columns);
    return {reinterpret_cast<const uint8_t*>(numbers), nullptr, weight_.columns};
  }

  const Kernels& kernels_;
  const Weight& weight_;
  int64_t first_;
  int64_t count_;
  bool decoded_;
  const float* memory_ = nullptr;
};

// Calls body(first, count, pointers) for the rows, a few at a time.
template <class Body>
void each_input(const FloatRows& input, int64_t rows, const Body& body) {
  for (int64_t first = 0; first < rows; first += kInputRows) {
    int count = static_cast<int>(std::min<int64_t>(kInputRows, rows - first));
    const float* pointers[kInputRows];
    for (int r = 0; r < count; r++) pointers[r] = input.row(first + r);
    body(first, count, pointers);
  }
}

}  // namespace longcat
