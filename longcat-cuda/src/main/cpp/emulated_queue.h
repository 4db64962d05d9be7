// Streams, events and graphs of an emulated device: work that is done in order, at once or, where a
// stream is loose, not before somebody waits for it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace longcat::cuda {

using Work = std::function<int32_t()>;

class Queue {
 public:
  explicit Queue(bool loose) : loose_(loose) {}

  int32_t add(Work work);
  uint64_t added() const { return added_; }
  // Does what was added first, up to so many pieces of work.
  int32_t run_to(uint64_t position);
  int32_t run() { return run_to(added_); }

 private:
  bool loose_;
  bool running_ = false;
  uint64_t added_ = 0;
  uint64_t done_ = 0;
  std::deque<Work> waiting_;
};

// A graph is what was queued on one stream and on those that waited for its events.
class Graph {
 public:
  // The number of a captured stream in this graph; the first is the one that was captured.
  int32_t lane_of(const void* stream);
  void add(int32_t lane, Work work);
  uint64_t position(int32_t lane) const { return lanes_[static_cast<size_t>(lane)].count; }
  void wait(int32_t lane, int32_t other, uint64_t position);
  // Whether the first stream has waited for all that the others do.
  bool joined() const;
  int32_t run(uint64_t seed) const;

 private:
  struct Lane {
    const void* stream;
    uint64_t count = 0;
    uint64_t waited_for = 0;
  };
  struct Node {
    int32_t lane;
    int32_t other;  // -1 for work, else the lane that is waited for
    uint64_t position;
    Work work;
  };
  std::vector<Lane> lanes_;
  std::vector<Node> nodes_;
};

}  // namespace longcat::cuda
