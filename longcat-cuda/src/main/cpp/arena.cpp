#include "arena.h"

#include <algorithm>

namespace longcat::cuda {

namespace {

constexpr uint64_t kBoundary = 256;
// Of blocks after the first.
constexpr uint64_t kBlock = uint64_t{256} << 20;

uint64_t rounded(uint64_t bytes) { return (bytes + kBoundary - 1) / kBoundary * kBoundary; }

}  // namespace

int32_t Arena::open(uint64_t first, uint64_t most) {
  std::lock_guard<std::mutex> turn(turn_);
  most_ = most / kBoundary * kBoundary;
  uint64_t block = std::min(rounded(first), most_);
  return block == 0 ? kSuccess : add_block(block);
}

void Arena::close() {
  std::lock_guard<std::mutex> turn(turn_);
  for (const auto& [piece, size] : taken_) driver_.forbid(piece, size.wanted);
  taken_.clear();
  free_.clear();
  for (Address block : blocks_) driver_.free(block);
  blocks_.clear();
  bytes_ = 0;
  used_ = 0;
}

int32_t Arena::add_block(uint64_t bytes) {
  Address block = 0;
  int32_t result = driver_.allocate(bytes, &block);
  if (result != kSuccess) return result;
  driver_.cut(block);
  blocks_.insert(block);
  free_[block] = bytes;
  bytes_ += bytes;
  return kSuccess;
}

int32_t Arena::grow(uint64_t least) {
  uint64_t left = most_ - bytes_;
  if (least > left) return kOutOfMemory;
  uint64_t block = std::min(left, std::max(least, kBlock));
  int32_t result = add_block(block);
  // Somebody else may have the rest of the device.
  return result == kOutOfMemory && block > least ? add_block(least) : result;
}

int32_t Arena::take(uint64_t bytes, Address* piece) {
  std::lock_guard<std::mutex> turn(turn_);
  *piece = 0;
  if (bytes > most_) return kOutOfMemory;
  // An emulator finds who reads behind the end: so something lies there.
  uint64_t gap = driver_.emulated() ? kBoundary : 0;
  uint64_t whole = rounded(std::max<uint64_t>(bytes, 1) + gap);
  *piece = cut(whole, bytes);
  if (*piece != 0) return kSuccess;
  int32_t result = grow(whole);
  if (result == kSuccess) *piece = cut(whole, bytes);
  return result;
}

Address Arena::cut(uint64_t whole, uint64_t wanted) {
  for (auto hole = free_.begin(); hole != free_.end(); ++hole) {
    if (hole->second < whole) continue;
    auto [address, size] = *hole;
    free_.erase(hole);
    if (size > whole) free_[address + whole] = size - whole;
    taken_[address] = {whole, wanted};
    used_ += whole;
    driver_.allow(address, wanted);
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
  bool joins = after != free_.end() && after->first == piece + size;
  if (joins && blocks_.count(after->first) == 0) {
    size += after->second;
    after = free_.erase(after);
  }
  if (after != free_.begin() && blocks_.count(piece) == 0) {
    auto before = std::prev(after);
    if (before->first + before->second == piece) {
      before->second += size;
      return;
    }
  }
  free_[piece] = size;
}

uint64_t Arena::bytes() {
  std::lock_guard<std::mutex> turn(turn_);
  return bytes_;
}

uint64_t Arena::used() {
  std::lock_guard<std::mutex> turn(turn_);
  return used_;
}

uint64_t Arena::left() {
  std::lock_guard<std::mutex> turn(turn_);
  return most_ - bytes_;
}

uint64_t Arena::largest_free() {
  std::lock_guard<std::mutex> turn(turn_);
  uint64_t largest = 0;
  for (const auto& [address, size] : free_) largest = std::max(largest, size);
  return largest;
}

}  // namespace longcat::cuda
