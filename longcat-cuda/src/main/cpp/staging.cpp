#include "staging.h"

#include <algorithm>
#include <cstring>

namespace longcat::cuda {

int32_t Staging::open(int64_t slot_bytes, int32_t slots) {
  Driver& driver = context_.driver();
  slot_bytes_ = slot_bytes;
  auto bytes = static_cast<uint64_t>(slot_bytes * slots);
  int32_t status = context_.check(driver.allocate_pinned(bytes, &memory_), "cuMemHostAlloc");
  for (int32_t i = 0; i < slots && status == kOk; i++) {
    Slot slot;
    slot.memory = static_cast<uint8_t*>(memory_) + i * slot_bytes;
    status = context_.check(driver.open_event(&slot.sent), "cuEventCreate");
    if (status == kOk) slots_.push_back(slot);
  }
  if (status != kOk) close();
  return status;
}

void Staging::close() {
  Driver& driver = context_.driver();
  for (Slot& slot : slots_) {
    if (slot.busy) driver.synchronise_event(slot.sent);
    driver.close_event(slot.sent);
  }
  slots_.clear();
  if (memory_ != nullptr) driver.free_pinned(memory_);
  memory_ = nullptr;
}

uint8_t* Staging::slot() {
  next_ = (next_ + 1) % slots_.size();
  Slot& slot = slots_[next_];
  if (slot.busy) {
    int32_t result = context_.driver().synchronise_event(slot.sent);
    if (context_.check(result, "cuEventSynchronize") != kOk) return nullptr;
    slot.busy = false;
  }
  return slot.memory;
}

int32_t Staging::send(Address into, int64_t bytes, StreamHandle stream) {
  Driver& driver = context_.driver();
  Slot& slot = slots_[next_];
  context_.traffic().bytes_to_device += bytes;
  int32_t status = context_.check(
      driver.copy_to_device(into, slot.memory, static_cast<uint64_t>(bytes), stream),
      "cuMemcpyHtoDAsync");
  if (status != kOk) return status;
  slot.busy = true;
  return context_.check(driver.record(slot.sent, stream), "cuEventRecord");
}

int32_t Staging::send(Address into, const void* from, int64_t bytes, StreamHandle stream) {
  auto* at = static_cast<const uint8_t*>(from);
  for (int64_t done = 0; done < bytes; done += slot_bytes_) {
    int64_t part = std::min(slot_bytes_, bytes - done);
    uint8_t* memory = slot();
    if (memory == nullptr) return kFailed;
    std::memcpy(memory, at + done, static_cast<size_t>(part));
    int32_t status = send(into + static_cast<Address>(done), part, stream);
    if (status != kOk) return status;
  }
  return kOk;
}

int32_t Staging::fetch(void* into, Address from, int64_t bytes, StreamHandle stream) {
  Driver& driver = context_.driver();
  auto* at = static_cast<uint8_t*>(into);
  for (int64_t done = 0; done < bytes; done += slot_bytes_) {
    int64_t part = std::min(slot_bytes_, bytes - done);
    uint8_t* memory = slot();
    if (memory == nullptr) return kFailed;
    context_.traffic().bytes_to_host += part;
    int32_t status = context_.check(driver.copy_to_host(memory, from + static_cast<Address>(done),
                                                        static_cast<uint64_t>(part), stream),
                                    "cuMemcpyDtoHAsync");
    if (status == kOk) {
      status = context_.check(driver.synchronise(stream), "cuStreamSynchronize");
    }
    if (status != kOk) return status;
    std::memcpy(at + done, memory, static_cast<size_t>(part));
  }
  return kOk;
}

}  // namespace longcat::cuda
