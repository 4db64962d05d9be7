#include "peer.h"

namespace longcat::cuda {

PeerSlot::~PeerSlot() {
  if (context_ == nullptr) return;
  driver_->enter(context_);
  if (filled_ != nullptr) driver_->close_event(filled_);
  if (memory_ != 0) driver_->free(memory_);
  driver_->close_context(device_);
}

int32_t PeerSlot::open(uint64_t bytes) {
  int32_t result = driver_->open_context(device_, &context_);
  if (result != kSuccess) context_ = nullptr;
  if (result == kSuccess) result = driver_->enter(context_);
  if (result == kSuccess) result = driver_->allocate(bytes, &memory_);
  if (result == kSuccess) result = driver_->open_event(&filled_);
  return result;
}

}  // namespace longcat::cuda
