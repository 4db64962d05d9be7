// In which order the columns of a chunk come out of its decoder.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace longcat {

struct ChunkOrder {
  uint8_t from[kChunk] = {};
};

// The even columns of as many as two vectors have, then the odd ones.
constexpr ChunkOrder pair_order(int lanes) {
  ChunkOrder order;
  int both = 2 * lanes;
  for (int i = 0; i < kChunk; i++) {
    order.from[i] = static_cast<uint8_t>(i / both * both + i % lanes * 2 + i % both / lanes);
  }
  return order;
}

// Of every 64: the even columns of the first halves of every 16, the odd ones, then the same of the
// second halves.
constexpr ChunkOrder half_lane_order() {
  ChunkOrder order;
  for (int i = 0; i < kChunk; i++) {
    int vector = i % 64 / 16;
    int lane = i % 16;
    order.from[i] = static_cast<uint8_t>(i / 64 * 64 + lane / 4 * 16 + vector / 2 * 8 +
                                         lane % 4 * 2 + vector % 2);
  }
  return order;
}

// The first of every eight columns, then the second, and so on.
constexpr ChunkOrder eighth_order() {
  ChunkOrder order;
  for (int i = 0; i < kChunk; i++) {
    order.from[i] = static_cast<uint8_t>(i % 16 * 8 + i / 16);
  }
  return order;
}

inline constexpr ChunkOrder kPairOrder = pair_order(16);
inline constexpr ChunkOrder kNarrowPairOrder = pair_order(8);
inline constexpr ChunkOrder kHalfLaneOrder = half_lane_order();
inline constexpr ChunkOrder kEighthOrder = eighth_order();

}  // namespace longcat
