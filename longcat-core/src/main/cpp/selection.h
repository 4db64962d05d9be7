// The items with the highest scores, exactly; among equals the lower ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "context.h"

namespace longcat {

// Items that are taken whatever their scores are: those below one and those from another on.
struct Always {
  int64_t below;
  int64_t from;

  int64_t count(int64_t n) const {
    int64_t first = std::min(below, n);
    return first + n - std::max(first, std::min(from, n));
  }
};

class Selection {
 public:
  // For choices among n items at most.
  static int64_t bytes(int64_t n) {
    return Scratch::bytes<uint64_t>(n) + Scratch::bytes<uint64_t>(words(n));
  }

  Selection(int64_t n, Scratch& scratch)
      : pool_(scratch.take<uint64_t>(n)), bits_(scratch.take<uint64_t>(words(n))) {}

  // Writes so many of n items, or as many as there always are, rising; returns how many.
  int64_t choose(const float* scores, int64_t n, int64_t count, const Always& always,
                 int32_t* chosen) {
    if (count >= n) {
      for (int64_t i = 0; i < n; i++) chosen[i] = static_cast<int32_t>(i);
      return n;
    }
    std::fill(bits_, bits_ + words(n), uint64_t{0});
    int64_t first = std::min(always.below, n);
    int64_t last = std::max(first, std::min(always.from, n));
    for (int64_t i = 0; i < first; i++) set(i);
    for (int64_t i = last; i < n; i++) set(i);
    int64_t rest = count - (first + n - last);
    if (rest > 0) take_best(scores, first, last, rest);
    return rising(n, chosen);
  }

  // Whether an item was among those that were chosen last; not where all were.
  bool has(int64_t item) const { return bits_[item / 64] >> item % 64 & 1; }

 private:
  static constexpr int64_t kBlock = 16;

  static int64_t words(int64_t n) { return n / 64 + 1; }

  void set(int64_t item) { bits_[item / 64] |= uint64_t{1} << item % 64; }

  // Those that beat the worst of the best so far wait in the pool, which is thinned out when it holds
  // twice as many as are wanted.
  void take_best(const float* scores, int64_t from, int64_t to, int64_t count) {
    int64_t capacity = std::min(to - from, 2 * count);
    int64_t size = 0;
    bool thinned = false;
    float least = 0;
    int64_t i = from;
    while (i < to) {
      int64_t end = std::min(to, i + kBlock);
      if (thinned && none_above(scores + i, end - i, least)) {
        i = end;
        continue;
      }
      for (; i < end; i++) {
        if (thinned && scores[i] <= least) continue;
        if (size == capacity) {
          size = thin_out(size, count);
          least = score(pool_[count - 1]);
          thinned = true;
          if (scores[i] <= least) continue;
        }
        pool_[size++] = entry(scores[i], i);
      }
    }
    size = thin_out(size, count);
    for (int64_t k = 0; k < size; k++) set(static_cast<int64_t>(~static_cast<uint32_t>(pool_[k])));
  }

  // What is no number is above all.
  static bool none_above(const float* scores, int64_t count, float least) {
    int above = 0;
    for (int64_t i = 0; i < count; i++) above |= !(scores[i] <= least);
    return above == 0;
  }

  // The worst of the best is the last of them then.
  int64_t thin_out(int64_t size, int64_t count) {
    if (size <= count) return size;
    std::nth_element(pool_, pool_ + count - 1, pool_ + size,
                     [](uint64_t a, uint64_t b) { return a > b; });
    return count;
  }

  int64_t rising(int64_t n, int32_t* chosen) const {
    int64_t count = 0;
    for (int64_t w = 0; w < words(n); w++) {
      for (uint64_t left = bits_[w]; left != 0; left &= left - 1) {
        chosen[count++] = static_cast<int32_t>(64 * w + __builtin_ctzll(left));
      }
    }
    return count;
  }

  // Greater where the score is, and of equal ones where the item is lower. Total: also where a score
  // is no number. Both zeros are equal.
  static uint64_t entry(float score, int64_t item) {
    float plain = score + 0.0f;
    uint32_t bits;
    std::memcpy(&bits, &plain, sizeof bits);
    uint32_t order = bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
    return static_cast<uint64_t>(order) << 32 | static_cast<uint32_t>(~static_cast<uint32_t>(item));
  }

  static float score(uint64_t entry) {
    uint32_t order = static_cast<uint32_t>(entry >> 32);
    uint32_t bits = order >> 31 != 0 ? order & 0x7fffffffu : ~order;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  uint64_t* pool_;
  uint64_t* bits_;
};

}  // namespace longcat
