#include "backend.h"

#include <cstring>

namespace longcat::cuda {

namespace {

constexpr int64_t kEmulatedSlot = 256 << 10;
constexpr int64_t kSlot = 4 << 20;
constexpr int32_t kSlots = 4;

}  // namespace

Lane::Lane(Backend& owner)
    : backend(owner), stream(*owner.context), staging(*owner.context) {}

int32_t Lane::open() {
  int32_t status = stream.open();
  if (status != kOk) return status;
  return staging.open(backend.driver->emulated() ? kEmulatedSlot : kSlot, kSlots);
}

int32_t Readout::open(int64_t numbers) {
  Driver& driver = context_.driver();
  uint64_t bytes = 4 * static_cast<uint64_t>(numbers == 0 ? 1 : numbers);
  int32_t status = context_.check(driver.allocate_pinned(bytes, &memory_), "cuMemHostAlloc");
  if (status == kOk) status = context_.check(driver.open_event(&filled_), "cuEventCreate");
  if (status != kOk) close();
  capacity_ = numbers;
  return status;
}

void Readout::close() {
  Driver& driver = context_.driver();
  if (filled_ != nullptr) {
    driver.synchronise_event(filled_);
    driver.close_event(filled_);
  }
  if (memory_ != nullptr) driver.free_pinned(memory_);
  filled_ = nullptr;
  memory_ = nullptr;
}

int32_t Readout::fill(Address from, int64_t numbers, StreamHandle stream) {
  Driver& driver = context_.driver();
  numbers_ = numbers;
  int32_t status = kOk;
  if (numbers > 0) {
    uint64_t bytes = 4 * static_cast<uint64_t>(numbers);
    context_.traffic().bytes_to_host += 4 * numbers;
    status = context_.check(driver.copy_to_host(memory_, from, bytes, stream),
                            "cuMemcpyDtoHAsync");
  }
  return status != kOk ? status : context_.check(driver.record(filled_, stream), "cuEventRecord");
}

int32_t Readout::copy(int64_t first, int64_t numbers, float* into) {
  if (first < 0 || numbers > numbers_ - first) return kMisfit;
  int32_t status =
      context_.check(context_.driver().synchronise_event(filled_), "cuEventSynchronize");
  if (status != kOk) return status;
  std::memcpy(into, static_cast<const float*>(memory_) + first, 4 * static_cast<size_t>(numbers));
  return kOk;
}

int32_t Backend::open(const ContextOptions& options, const void* image) {
  context = std::make_unique<Context>(*driver);
  int32_t status = context->open(options, image);
  if (status != kOk) return status;
  setup = std::make_unique<Lane>(*this);
  status = setup->open();
  if (status != kOk) setup.reset();
  return status;
}

void Backend::close() {
  if (context == nullptr) return;
  if (context->is_open()) context->enter();
  settle();
  graphs.clear();
  readouts.clear();
  plans.clear();
  lanes.clear();
  setup.reset();
  groups.clear();
  weights.clear();
  slots.clear();
  context.reset();
}

int32_t Backend::settle() {
  int32_t status = setup == nullptr ? kOk : setup->stream.synchronise();
  loading = false;
  for (auto& lane : lanes) {
    int32_t other = lane->stream.synchronise();
    if (status == kOk) status = other;
  }
  return status;
}

}  // namespace longcat::cuda
