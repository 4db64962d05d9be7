#include "context.h"

#include <algorithm>
#include <utility>

namespace longcat::cuda {

namespace {

// What the driver and its modules need beside the arena.
constexpr uint64_t kReserve = uint64_t{512} << 20;

constexpr const char* kNames[] = {
#define LONGCAT_KERNEL(name) #name,
#include "kernels.def"
#undef LONGCAT_KERNEL
};

std::string megabytes(uint64_t bytes) {
  return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

}  // namespace

int32_t Context::open(const ContextOptions& options, const void* image) {
  options_ = options;
  int32_t status = open_device();
  if (status == kOk) status = load_kernels(image);
  if (status == kOk) status = open_arena();
  if (status != kOk) close();
  return status;
}

void Context::close() {
  if (handle_ == nullptr) return;
  driver_.enter(handle_);
  arena_.close();
  if (module_ != nullptr) driver_.close_module(module_);
  module_ = nullptr;
  functions_.clear();
  for (int32_t device : reached_) driver_.close_context(device);
  reached_.clear();
  driver_.close_context(options_.device);
  handle_ = nullptr;
}

int32_t Context::open_device() {
  int32_t device = options_.device;
  int32_t status =
      check(driver_.open_context(device, &handle_), "cuDevicePrimaryCtxRetain");
  if (status != kOk) return status;
  status = enter();
  int32_t major = 0;
  int32_t minor = 0;
  const std::pair<DeviceAttribute, int32_t*> attributes[] = {
      {DeviceAttribute::kComputeMajor, &major},
      {DeviceAttribute::kComputeMinor, &minor},
      {DeviceAttribute::kMultiprocessors, &multiprocessors_},
      {DeviceAttribute::kDynamicSharedBytes, &dynamic_shared_bytes_}};
  for (const auto& [attribute, value] : attributes) {
    if (status != kOk) break;
    status = check(driver_.attribute(device, attribute, value), "cuDeviceGetAttribute");
  }
  arch_ = 10 * major + minor;
  return status;
}

// All of them now: what is loaded later would wait for everything that runs.
int32_t Context::load_kernels(const void* image) {
  int32_t status = check(driver_.load_module(image, &module_), "cuModuleLoadData");
  for (const char* name : kNames) {
    if (status != kOk) break;
    FunctionHandle function = nullptr;
    status = check(driver_.function(module_, name, &function), "cuModuleGetFunction");
    int32_t fixed = 0;
    if (status == kOk) {
      status = check(
          driver_.function_attribute(function, FunctionAttribute::kStaticSharedBytes, &fixed),
          "cuFuncGetAttribute");
    }
    if (status == kOk) {
      status = check(driver_.set_dynamic_shared(function, dynamic_shared_bytes_ - fixed),
                     "cuFuncSetAttribute");
    }
    functions_[name] = function;
  }
  return status;
}

FunctionHandle Context::function(const char* kernel) const {
  auto found = functions_.find(kernel);
  return found == functions_.end() ? nullptr : found->second;
}

int32_t Context::open_arena() {
  uint64_t free = 0;
  uint64_t total = 0;
  int32_t status = check(driver_.memory_info(&free, &total), "cuMemGetInfo");
  if (status != kOk) return status;
  uint64_t most = options_.most_bytes;
  if (most == 0) most = free > 2 * kReserve ? free - kReserve : free / 2;
  int32_t result = arena_.open(options_.first_bytes, most);
  if (result == kOutOfMemory) {
    return fail(kNoMemory, "the device has " + megabytes(free) + " free of " + megabytes(total) +
                               ", but " + megabytes(options_.first_bytes) + " are asked for");
  }
  return check(result, "cuMemAlloc");
}

int32_t Context::left(uint64_t* bytes) {
  uint64_t free = 0;
  uint64_t total = 0;
  int32_t status = check(driver_.memory_info(&free, &total), "cuMemGetInfo");
  *bytes = std::min(free, arena_.left()) + arena_.bytes() - arena_.used();
  return status;
}

int32_t Context::reach(int32_t other, bool* reached) {
  *reached = other == options_.device ||
             std::find(reached_.begin(), reached_.end(), other) != reached_.end();
  if (*reached) return kOk;
  bool can = false;
  int32_t status =
      check(driver_.can_reach(options_.device, other, &can), "cuDeviceCanAccessPeer");
  if (status != kOk || !can) return status;
  ContextHandle handle = nullptr;
  status = check(driver_.open_context(other, &handle), "cuDevicePrimaryCtxRetain");
  if (status != kOk) return status;
  reached_.push_back(other);
  status = check(driver_.reach(handle), "cuCtxEnablePeerAccess");
  *reached = status == kOk;
  return status;
}

int32_t Context::check(int32_t result, const char* call) {
  if (result == kSuccess) return kOk;
  return fail(result == kOutOfMemory ? kNoMemory : kFailed,
              std::string(call) + ": " + driver_.text(result));
}

int32_t Context::take(uint64_t bytes, const char* what, Address* piece) {
  int32_t result = arena_.take(bytes, piece);
  if (result != kOutOfMemory) return check(result, "cuMemAlloc");
  return short_of(bytes, what);
}

int32_t Context::short_of(uint64_t bytes, const char* what) {
  uint64_t free = 0;
  uint64_t total = 0;
  int32_t status = check(driver_.memory_info(&free, &total), "cuMemGetInfo");
  if (status != kOk) return status;
  uint64_t largest = std::max(arena_.largest_free(), std::min(free, arena_.left()));
  uint64_t missing = bytes > largest ? bytes - largest : 0;
  return fail(kNoMemory, std::string(what) + " needs " + megabytes(bytes) + ", " +
                             megabytes(missing) + " more than the device has left of " +
                             megabytes(arena_.most()) +
                             "; use more ranks, weights of FP8 or INT4, or a shorter cache");
}

std::string Context::message() {
  std::lock_guard<std::mutex> turn(turn_);
  return message_;
}

int32_t Context::fail(int32_t status, std::string message) {
  std::lock_guard<std::mutex> turn(turn_);
  message_ = std::move(message);
  return status;
}

}  // namespace longcat::cuda
