// Memory of a device in a few large blocks, and pieces of them. The first block is taken at once; more
// follow as they are needed, never while a pass runs that has grown to its size. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>

#include "driver.h"

namespace longcat::cuda {

class Arena {
 public:
  explicit Arena(Driver& driver) : driver_(driver) {}
  ~Arena() { close(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Once: takes a block of so many bytes, or none of 0, and from now on as many as `most` in all.
  // Returns what the driver does.
  int32_t open(uint64_t first, uint64_t most);
  void close();

  // A piece on a boundary of 256 bytes. kOutOfMemory where there is no room, or what the driver says.
  int32_t take(uint64_t bytes, Address* piece);
  // Whoever gives a piece back has waited for all work with it.
  void give(Address piece);

  uint64_t most() const { return most_; }
  // Of the device, in blocks.
  uint64_t bytes();
  uint64_t used();
  // Bytes that are still to be had, of this arena alone, and in one piece of what is taken.
  uint64_t left();
  uint64_t largest_free();

 private:
  struct Piece {
    uint64_t bytes;   // that it takes up
    uint64_t wanted;  // that were asked for
  };

  Address cut(uint64_t whole, uint64_t wanted);
  int32_t grow(uint64_t least);
  int32_t add_block(uint64_t bytes);

  Driver& driver_;
  std::mutex turn_;
  uint64_t most_ = 0;
  uint64_t bytes_ = 0;
  uint64_t used_ = 0;
  std::set<Address> blocks_;
  std::map<Address, uint64_t> free_;  // bytes by beginning; neighbours of one block are one
  std::map<Address, Piece> taken_;
};

}  // namespace longcat::cuda
