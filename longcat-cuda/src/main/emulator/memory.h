// Memory of a device that kernels may touch, and what they moved.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "emulator.h"

namespace longcat::emulator {

class DeviceMemory {
 public:
  void allow(const void* memory, size_t bytes);
  void forbid(const void* memory, size_t bytes);
  bool allowed(const void* memory, size_t bytes) { return find(memory, bytes) != nullptr; }

  void begin_launch(bool counting);
  // False where it lies outside of what is allowed.
  bool touch(const void* memory, uint32_t bytes, Access access);

  Traffic traffic{};

 private:
  struct Range {
    uint64_t begin;
    uint64_t end;
    // The last launch that read and wrote each sector; empty before anything is counted.
    std::vector<uint32_t> read;
    std::vector<uint32_t> written;
  };

  Range* find(const void* memory, size_t bytes);
  uint64_t count(std::vector<uint32_t>& sectors, const Range& range, uint64_t from, uint32_t bytes);

  static constexpr int kRecent = 8;
  std::multimap<uint64_t, Range> ranges_;  // by their beginning
  Range* recent_[kRecent] = {};
  int next_ = 0;
  uint32_t launch_ = 0;
  bool counting_ = false;
};

}  // namespace longcat::emulator
