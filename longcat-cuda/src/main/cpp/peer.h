// Memory of a device that others of the machine read, and an event that tells them when. It lives as
// long as anybody holds it, the backend that made it or not.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "driver.h"

namespace longcat::cuda {

class PeerSlot {
 public:
  PeerSlot(std::shared_ptr<Driver> driver, int32_t device)
      : driver_(std::move(driver)), device_(device) {}
  ~PeerSlot();
  PeerSlot(const PeerSlot&) = delete;
  PeerSlot& operator=(const PeerSlot&) = delete;

  // These return what the driver does, and leave the device's context entered.
  int32_t open(uint64_t bytes);
  // What is queued on a stream of the device so far fills it.
  int32_t fill(StreamHandle stream) { return driver_->record(filled_, stream); }
  // What is queued on a stream of any device from now on sees what filled it last.
  int32_t await(StreamHandle stream) { return driver_->wait(stream, filled_); }

  Address address() const { return memory_; }

 private:
  std::shared_ptr<Driver> driver_;
  int32_t device_;
  ContextHandle context_ = nullptr;
  EventHandle filled_ = nullptr;
  Address memory_ = 0;
};

}  // namespace longcat::cuda
