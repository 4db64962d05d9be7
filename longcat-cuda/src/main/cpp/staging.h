// Pinned memory of the host in a few slots, through which numbers go to a device while the next slot
// is being filled.
#pragma once

#include <cstdint>
#include <vector>

#include "context.h"

namespace longcat::cuda {

class Staging {
 public:
  explicit Staging(Context& context) : context_(context) {}
  ~Staging() { close(); }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  int32_t open(int64_t slot_bytes, int32_t slots);
  void close();

  int64_t slot_bytes() const { return slot_bytes_; }
  // The next slot, once what it held has arrived; null where waiting failed.
  uint8_t* slot();
  // Sends the first bytes of the slot that was asked for last.
  int32_t send(Address into, int64_t bytes, StreamHandle stream);
  // Sends any number of bytes, slot by slot.
  int32_t send(Address into, const void* from, int64_t bytes, StreamHandle stream);
  // Fetches any number of bytes, slot by slot; waits for them and for what was queued before.
  int32_t fetch(void* into, Address from, int64_t bytes, StreamHandle stream);

 private:
  struct Slot {
    uint8_t* memory = nullptr;
    EventHandle sent = nullptr;
    bool busy = false;
  };

  Context& context_;
  int64_t slot_bytes_ = 0;
  void* memory_ = nullptr;
  std::vector<Slot> slots_;
  size_t next_ = 0;
};

}  // namespace longcat::cuda
