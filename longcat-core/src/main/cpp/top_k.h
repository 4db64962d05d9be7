// The positions with the highest scores, exactly; among equals the lower positions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "context.h"
#include "row_plan.h"

namespace longcat {

class TopK {
 public:
  static int64_t bytes(int64_t capacity) {
    return Scratch::bytes<int32_t>(capacity) + Scratch::bytes<int32_t>(capacity);
  }

  TopK(int64_t capacity, Scratch& scratch)
      : keys_(scratch.take<int32_t>(capacity)), slots_(scratch.take<int32_t>(capacity)) {}

  // Moves the best scores to the front in the order of their positions, and returns how many.
  int64_t keep(float* scores, int64_t length, int64_t top_k, const PageTable& table) {
    if (top_k >= length) {
      for (int64_t i = 0; i < length; i++) slots_[i] = static_cast<int32_t>(table.slot(i));
      return length;
    }
    int32_t threshold = nth_key(scores, length, top_k);
    int64_t above = 0;
    for (int64_t i = 0; i < length; i++) above += key(scores[i]) > threshold;
    int64_t equals = top_k - above;
    int64_t kept = 0;
    for (int64_t i = 0; i < length; i++) {
      int32_t k = key(scores[i]);
      if (k < threshold || (k == threshold && equals-- <= 0)) continue;
      scores[kept] = scores[i];
      slots_[kept++] = static_cast<int32_t>(table.slot(i));
    }
    return kept;
  }

  // Slots of the kept positions.
  const int32_t* slots() const { return slots_; }

 private:
  int32_t nth_key(const float* scores, int64_t length, int64_t top_k) {
    for (int64_t i = 0; i < length; i++) keys_[i] = key(scores[i]);
    std::nth_element(keys_, keys_ + top_k - 1, keys_ + length,
                     [](int32_t a, int32_t b) { return a > b; });
    return keys_[top_k - 1];
  }

  // Ordered as the scores are, and total: also where a score is no number. Both zeros are equal.
  static int32_t key(float score) {
    float plain = score + 0.0f;
    int32_t bits;
    std::memcpy(&bits, &plain, sizeof bits);
    return bits < 0 ? bits ^ 0x7fffffff : bits;
  }

  int32_t* keys_;
  int32_t* slots_;
};

}  // namespace longcat
