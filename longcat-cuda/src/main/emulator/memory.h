// Memory of a device that kernels may touch, and what they moved.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "emulator.h"

namespace longcat::emulator {

class DeviceMemory {
 public:
  void allow(const void* memory, size_t bytes, const void* owner);
  void forbid(const void* memory, size_t bytes);
  bool allowed(const void* memory, size_t bytes) { return find(memory, bytes) != nullptr; }

  // Owners whose memory it reaches, or null for all; alive until the next launch.
  void begin_launch(bool counting, const std::vector<const void*>* owners);
  // False where it lies outside of what is allowed or reached.
  bool touch(const void* memory, uint32_t bytes, Access access);

  Traffic traffic{};

 private:
  struct Range {
    uint64_t begin;
    uint64_t end;
    const void* owner;
    // The last launch that read and wrote each sector; empty before anything is counted.
    std::vector<uint32_t> read;
    std::vector<uint32_t> written;
  };

  Range* find(const void* memory, size_t bytes);
  bool reaches(const void* owner) const;
  uint64_t count(std::vector<uint32_t>& sectors, const Range& range, uint64_t from, uint32_t bytes);

  static constexpr int kRecent = 8;
  std::multimap<uint64_t, Range> ranges_;  // by their beginning
  Range* recent_[kRecent] = {};
  int next_ = 0;
  uint32_t launch_ = 0;
  bool counting_ = false;
  const std::vector<const void*>* owners_ = nullptr;
};

}  // namespace longcat::emulator
