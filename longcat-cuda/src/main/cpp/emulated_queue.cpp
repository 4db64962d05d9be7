#include "emulated_queue.h"

#include <utility>

namespace longcat::cuda {

int32_t Queue::add(Work work) {
  added_++;
  waiting_.push_back(std::move(work));
  return loose_ ? 0 : run();
}

int32_t Queue::run_to(uint64_t position) {
  // Work that waits for another stream, which waits for this one: it has come far enough.
  if (running_) return 0;
  running_ = true;
  int32_t result = 0;
  while (done_ < position && result == 0) {
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    done_++;
    result = work();
  }
  running_ = false;
  return result;
}

int32_t Graph::lane_of(const void* stream) {
  for (size_t i = 0; i < lanes_.size(); i++) {
    if (lanes_[i].stream == stream) return static_cast<int32_t>(i);
  }
  lanes_.push_back({stream});
  return static_cast<int32_t>(lanes_.size() - 1);
}

void Graph::add(int32_t lane, Work work) {
  lanes_[static_cast<size_t>(lane)].count++;
  nodes_.push_back({lane, -1, 0, std::move(work)});
}

void Graph::wait(int32_t lane, int32_t other, uint64_t position) {
  lanes_[static_cast<size_t>(lane)].count++;
  nodes_.push_back({lane, other, position, {}});
  if (lane == 0) lanes_[static_cast<size_t>(other)].waited_for = position;
}

bool Graph::joined() const {
  for (size_t i = 1; i < lanes_.size(); i++) {
    if (lanes_[i].waited_for < lanes_[i].count) return false;
  }
  return true;
}

int32_t Graph::run(uint64_t seed) const {
  std::vector<Queue> queues;
  for (size_t i = 0; i < lanes_.size(); i++) queues.emplace_back((seed >> i & 1) != 0);
  for (const Node& node : nodes_) {
    Queue& queue = queues[static_cast<size_t>(node.lane)];
    int32_t result = 0;
    if (node.other < 0) {
      result = queue.add(node.work);
    } else {
      Queue* other = &queues[static_cast<size_t>(node.other)];
      uint64_t position = node.position;
      result = queue.add([other, position] { return other->run_to(position); });
    }
    if (result != 0) return result;
  }
  for (Queue& queue : queues) {
    int32_t result = queue.run();
    if (result != 0) return result;
  }
  return 0;
}

}  // namespace longcat::cuda
