// One block of a device's memory, taken once, and pieces of it. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "driver.h"

namespace longcat::cuda {

class Arena {
 public:
  explicit Arena(Driver& driver) : driver_(driver) {}
  ~Arena() { close(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Once; returns what the driver does.
  int32_t open(uint64_t bytes);
  void close();

  // On a boundary of 256 bytes; 0 where there is no room.
  Address take(uint64_t bytes);
  // Whoever gives a piece back has waited for all work with it.
  void give(Address piece);

  uint64_t bytes() const { return bytes_; }
  uint64_t used();
  uint64_t largest_free();

 private:
  struct Piece {
    uint64_t bytes;   // that it takes up
    uint64_t wanted;  // that were asked for
  };

  Driver& driver_;
  std::mutex turn_;
  Address base_ = 0;
  uint64_t bytes_ = 0;
  uint64_t used_ = 0;
  std::map<Address, uint64_t> free_;  // bytes by beginning; neighbours are one
  std::map<Address, Piece> taken_;
};

}  // namespace longcat::cuda
