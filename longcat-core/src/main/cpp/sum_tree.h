// The order in which sums of slices are joined: neighbours in pairs, then the pairs, and so on.
#pragma once

#include <cstdint>

namespace longcat {

// Counts sums that come one after the other, each placed behind those that wait for others.
class SumTree {
 public:
  // Sums that wait, and so the place of the next one.
  int64_t depth() const { return depth_; }

  // The next sum is in its place: calls join(into, addend) for places of sums that are complete.
  template <class Join>
  void add(const Join& join) {
    depth_++;
    for (uint64_t rest = ++count_; rest % 2 == 0; rest /= 2) {
      depth_--;
      join(depth_ - 1, depth_);
    }
  }

 private:
  int64_t depth_ = 0;
  uint64_t count_ = 0;
};

}  // namespace longcat
