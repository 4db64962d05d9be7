#include "memory.h"

#include <algorithm>

#include "sanitizers.h"

namespace longcat::emulator {

namespace {

constexpr uint64_t kSector = 32;

}  // namespace

void DeviceMemory::allow(const void* memory, size_t bytes, const void* owner) {
  uint64_t begin = reinterpret_cast<uint64_t>(memory);
  ranges_.insert({begin, {begin, begin + bytes, owner, {}, {}}});
  sanitizers::unpoison(memory, bytes);
}

void DeviceMemory::forbid(const void* memory, size_t bytes) {
  uint64_t begin = reinterpret_cast<uint64_t>(memory);
  auto [first, last] = ranges_.equal_range(begin);
  for (auto range = first; range != last; ++range) {
    if (range->second.end != begin + bytes) continue;
    for (Range*& recent : recent_) recent = nullptr;
    ranges_.erase(range);
    return;
  }
}

void DeviceMemory::begin_launch(bool counting, const std::vector<const void*>* owners) {
  owners_ = owners;
  launch_++;
  counting_ = counting;
  traffic.launches++;
}

bool DeviceMemory::reaches(const void* owner) const {
  return owner == nullptr || owners_ == nullptr ||
         std::find(owners_->begin(), owners_->end(), owner) != owners_->end();
}

DeviceMemory::Range* DeviceMemory::find(const void* memory, size_t bytes) {
  uint64_t begin = reinterpret_cast<uint64_t>(memory);
  for (Range* range : recent_) {
    if (range != nullptr && begin >= range->begin && begin + bytes <= range->end) return range;
  }
  for (auto range = ranges_.upper_bound(begin); range != ranges_.begin();) {
    --range;
    if (begin + bytes > range->second.end) continue;
    recent_[next_++ % kRecent] = &range->second;
    return &range->second;
  }
  return nullptr;
}

bool DeviceMemory::touch(const void* memory, uint32_t bytes, Access access) {
  Range* range = find(memory, bytes);
  if (range == nullptr || !reaches(range->owner)) return false;
  if (!counting_) return true;
  uint64_t begin = reinterpret_cast<uint64_t>(memory);
  if (access == Access::kStream) {
    traffic.streamed += bytes;
  } else if (access == Access::kRead) {
    traffic.read += count(range->read, *range, begin, bytes);
  } else {
    traffic.written += count(range->written, *range, begin, bytes);
  }
  return true;
}

uint64_t DeviceMemory::count(std::vector<uint32_t>& sectors, const Range& range, uint64_t from,
                             uint32_t bytes) {
  uint64_t base = range.begin / kSector;
  if (sectors.empty()) sectors.resize((range.end - 1) / kSector - base + 1);
  uint64_t moved = 0;
  for (uint64_t i = from / kSector; i <= (from + bytes - 1) / kSector; i++) {
    uint32_t& last = sectors[i - base];
    if (last != launch_) moved += kSector;
    last = launch_;
  }
  return moved;
}

}  // namespace longcat::emulator
