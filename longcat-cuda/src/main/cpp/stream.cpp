#include "stream.h"

#include <algorithm>

#include "views.h"

namespace longcat::cuda {

namespace {

constexpr int64_t kLeastBlock = 1 << 16;
constexpr int64_t kMostBlocks = INT32_MAX;
constexpr int64_t kMostBlocksY = 65535;

}  // namespace

int32_t Stream::open() {
  Driver& driver = context_.driver();
  int32_t status = context_.check(driver.open_stream(&handle_), "cuStreamCreate");
  if (status == kOk) status = context_.check(driver.open_event(&event_), "cuEventCreate");
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
  for (Block* block : {&workspace_, &zeroed_}) {
    if (block->memory != 0) outgrown_.push_back(block->memory);
    *block = {};
  }
  for (Address memory : outgrown_) context_.arena().give(memory);
  outgrown_.clear();
}

int32_t Stream::launch(const char* kernel, const Blocks& grid, void** arguments,
                       const uint32_t* sizes, int32_t count) {
  if (grid.blocks_x < 1 || grid.blocks_x > kMostBlocks || grid.blocks_y < 1 ||
      grid.blocks_y > kMostBlocksY) {
    return fail(kMisfit, "an operation has more rows or columns than a grid has blocks");
  }
  FunctionHandle function = context_.function(kernel);
  if (function == nullptr) return context_.check(kNotFound, kernel);
  Launch launch{function,
                static_cast<uint32_t>(grid.blocks_x),
                static_cast<uint32_t>(grid.blocks_y),
                static_cast<uint32_t>(grid.threads),
                static_cast<uint32_t>(grid.shared_bytes),
                arguments,
                sizes,
                count};
  context_.traffic().launches++;
  int32_t result = context_.driver().launch(launch, handle_);
  return result == kSuccess ? kOk : context_.check(result, kernel);
}

uint8_t* Stream::grown(Block& block, int64_t bytes) {
  if (bytes > block.bytes || block.memory == 0) {
    int64_t larger = std::max({2 * block.bytes, bytes, kLeastBlock});
    Address piece = 0;
    int32_t status = context_.take(static_cast<uint64_t>(larger), "scratch memory", &piece);
    if (status != kOk) return nullptr;
    if (block.memory != 0) outgrown_.push_back(block.memory);
    block = {piece, larger};
  }
  return reinterpret_cast<uint8_t*>(block.memory);
}

uint8_t* Stream::zeroed(int64_t bytes) {
  Address before = zeroed_.memory;
  uint8_t* memory = grown(zeroed_, bytes);
  if (memory == nullptr || zeroed_.memory == before) return memory;
  int32_t status = context_.check(
      context_.driver().fill(zeroed_.memory, 0, static_cast<uint64_t>(zeroed_.bytes), handle_),
      "cuMemsetD8Async");
  return status == kOk ? memory : nullptr;
}

int32_t Stream::fail(int32_t code, const char* message) { return context_.fail(code, message); }

// As the CPU does; see Numerics.
bool Stream::rounds(int32_t format) const {
  return !context_.exact() && (format == device::kBf16 || format == device::kFp8);
}

bool Stream::quantises(int32_t format) const {
  return context_.numerics() == Numerics::kFp8 && format == device::kFp8;
}

int32_t Stream::synchronise() {
  return context_.check(context_.driver().synchronise(handle_), "cuStreamSynchronize");
}

int32_t Stream::wait(Stream& other) {
  Driver& driver = context_.driver();
  int32_t status = context_.check(driver.record(other.event_, other.handle_), "cuEventRecord");
  if (status != kOk) return status;
  return context_.check(driver.wait(handle_, other.event_), "cuStreamWaitEvent");
}

void Graph::close() {
  if (handle_ != nullptr) context_.driver().close_graph(handle_);
  handle_ = nullptr;
}

int32_t Stream::begin_capture() {
  return context_.check(context_.driver().begin_capture(handle_), "cuStreamBeginCapture");
}

int32_t Stream::end_capture(Graph& into) {
  into.close();
  return context_.check(context_.driver().end_capture(handle_, &into.handle_),
                        "cuStreamEndCapture");
}

int32_t Stream::launch(const Graph& graph) {
  context_.traffic().graphs++;
  return context_.check(context_.driver().launch_graph(graph.handle_, handle_), "cuGraphLaunch");
}

}  // namespace longcat::cuda
