#include "stream.h"

#include <algorithm>

namespace longcat::cuda {

namespace {

constexpr int64_t kBoundary = 256;
constexpr int64_t kLeastScratch = 1 << 20;
constexpr int64_t kMostBlocks = INT32_MAX;

}  // namespace

int32_t Stream::open() {
  Driver& driver = context_.driver();
  int32_t status = context_.check(driver.open_stream(&handle_), "cuStreamCreate");
  if (status == kOk) status = context_.check(driver.open_event(&event_), "cuEventCreate");
  uint64_t bytes = kTickets * sizeof(uint32_t);
  if (status == kOk) status = context_.take(bytes, "a stream", &tickets_);
  if (status == kOk) {
    status = context_.check(driver.fill(tickets_, 0, bytes, handle_), "cuMemsetD8Async");
  }
  if (status != kOk) close();
  return status;
}

void Stream::close() {
  Driver& driver = context_.driver();
  if (handle_ != nullptr) {
    driver.synchronise(handle_);
    driver.close_stream(handle_);
  }
  if (event_ != nullptr) driver.close_event(event_);
  handle_ = nullptr;
  event_ = nullptr;
  if (tickets_ != 0) context_.arena().give(tickets_);
  if (scratch_ != 0) context_.arena().give(scratch_);
  for (Address memory : outgrown_) context_.arena().give(memory);
  outgrown_.clear();
  tickets_ = 0;
  scratch_ = 0;
}

int32_t Stream::scratch(int64_t bytes, Address* memory) {
  bytes = (bytes + kBoundary - 1) / kBoundary * kBoundary;
  if (scratch_used_ + bytes > scratch_bytes_) {
    int64_t larger = std::max({2 * scratch_bytes_, bytes, kLeastScratch});
    Address piece = 0;
    int32_t status = context_.take(static_cast<uint64_t>(larger), "scratch memory", &piece);
    if (status != kOk) return status;
    if (scratch_ != 0) outgrown_.push_back(scratch_);
    scratch_ = piece;
    scratch_bytes_ = larger;
    scratch_used_ = 0;
  }
  *memory = scratch_ + static_cast<Address>(scratch_used_);
  scratch_used_ += bytes;
  return kOk;
}

int32_t Stream::launch_kernel(Kernel kernel, Grid grid, int32_t threads, int64_t shared_bytes,
                              void** arguments, const uint32_t* sizes, int32_t count) {
  if (grid.x == 0 || grid.y == 0) return kOk;
  if (grid.x < 0 || grid.x > kMostBlocks || grid.y < 0 || grid.y > 65535) return kMisfit;
  Launch launch{context_.function(kernel),
                static_cast<uint32_t>(grid.x),
                static_cast<uint32_t>(grid.y),
                static_cast<uint32_t>(threads),
                static_cast<uint32_t>(shared_bytes),
                arguments,
                sizes,
                count};
  int32_t result = context_.driver().launch(launch, handle_);
  return result == kSuccess ? kOk : context_.check(result, name_of(kernel));
}

int32_t Stream::synchronise() {
  return context_.check(context_.driver().synchronise(handle_), "cuStreamSynchronize");
}

int32_t Stream::wait(Stream& other) {
  Driver& driver = context_.driver();
  int32_t status =
      context_.check(driver.record(other.event_, other.handle_), "cuEventRecord");
  if (status != kOk) return status;
  return context_.check(driver.wait(handle_, other.event_), "cuStreamWaitEvent");
}

}  // namespace longcat::cuda
