#include "arena.h"

#include <algorithm>

namespace longcat::cuda {

namespace {

constexpr uint64_t kBoundary = 256;

}  // namespace

int32_t Arena::open(uint64_t bytes) {
  bytes = bytes / kBoundary * kBoundary;
  int32_t result = driver_.allocate(bytes, &base_);
  if (result != kSuccess) return result;
  bytes_ = bytes;
  free_[base_] = bytes;
  driver_.cut(base_);
  return kSuccess;
}

void Arena::close() {
  std::lock_guard<std::mutex> turn(turn_);
  if (base_ == 0) return;
  for (const auto& [piece, size] : taken_) driver_.forbid(piece, size.wanted);
  taken_.clear();
  free_.clear();
  driver_.free(base_);
  base_ = 0;
}

Address Arena::take(uint64_t bytes) {
  std::lock_guard<std::mutex> turn(turn_);
  if (bytes > bytes_) return 0;
  // An emulator finds who reads behind the end: so something lies there.
  uint64_t gap = driver_.emulated() ? kBoundary : 0;
  uint64_t whole = (std::max<uint64_t>(bytes, 1) + gap + kBoundary - 1) / kBoundary * kBoundary;
  for (auto hole = free_.begin(); hole != free_.end(); ++hole) {
    if (hole->second < whole) continue;
    auto [address, size] = *hole;
    free_.erase(hole);
    if (size > whole) free_[address + whole] = size - whole;
    taken_[address] = {whole, bytes};
    used_ += whole;
    driver_.allow(address, bytes);
    return address;
  }
  return 0;
}

void Arena::give(Address piece) {
  std::lock_guard<std::mutex> turn(turn_);
  auto found = taken_.find(piece);
  if (found == taken_.end()) return;
  driver_.forbid(piece, found->second.wanted);
  uint64_t size = found->second.bytes;
  used_ -= size;
  taken_.erase(found);
  auto after = free_.lower_bound(piece);
  if (after != free_.end() && after->first == piece + size) {
    size += after->second;
    after = free_.erase(after);
  }
  if (after != free_.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == piece) {
      before->second += size;
      return;
    }
  }
  free_[piece] = size;
}

uint64_t Arena::used() {
  std::lock_guard<std::mutex> turn(turn_);
  return used_;
}

uint64_t Arena::largest_free() {
  std::lock_guard<std::mutex> turn(turn_);
  uint64_t largest = 0;
  for (const auto& [address, size] : free_) largest = std::max(largest, size);
  return largest;
}

}  // namespace longcat::cuda
