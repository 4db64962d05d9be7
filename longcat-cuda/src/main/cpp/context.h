// A device that is open: its kernels, its memory, and what went wrong last.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "arena.h"
#include "driver.h"
#include "status.h"

namespace longcat::cuda {

// How activations meet weights of BF16, FP8 and integers; as in longcat_cuda.h.
enum class Numerics : int32_t { kExact = 0, kBf16 = 1, kFp8 = 2 };

struct ContextOptions {
  int32_t device = 0;
  Numerics numerics = Numerics::kExact;
  uint64_t first_bytes = 0;  // of the device's memory, taken at once
  uint64_t most_bytes = 0;   // 0 for what is free, less a reserve
};

// What a device has been told and has told since it was opened.
struct Traffic {
  int64_t launches = 0;  // of kernels, those of a graph not counted
  int64_t graphs = 0;    // launched
  int64_t bytes_to_device = 0;
  int64_t bytes_to_host = 0;
};

class Context {
 public:
  explicit Context(Driver& driver) : driver_(driver), arena_(driver) {}
  ~Context() { close(); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // image is the kernels' program for this device; an emulator takes none. Where it fails,
  // everything is given back.
  int32_t open(const ContextOptions& options, const void* image);
  void close();
  bool is_open() const { return handle_ != nullptr; }

  Driver& driver() { return driver_; }
  Arena& arena() { return arena_; }
  Traffic& traffic() { return traffic_; }
  Numerics numerics() const { return options_.numerics; }
  bool exact() const { return options_.numerics == Numerics::kExact; }
  int32_t device() const { return options_.device; }
  int32_t arch() const { return arch_; }                        // such as 90
  int32_t multiprocessors() const { return multiprocessors_; }  // blocks that surely run at once
  int32_t dynamic_shared_bytes() const { return dynamic_shared_bytes_; }
  // Null where there is no kernel of that name.
  FunctionHandle function(const char* kernel) const;

  // Makes this thread one that may call the driver.
  int32_t enter() { return check(driver_.enter(handle_), "cuCtxSetCurrent"); }

  // A status of what a call of the driver returned; keeps what went wrong.
  int32_t check(int32_t result, const char* call);
  // What the device has left for this context: what others have not taken, and no more than it may.
  int32_t left(uint64_t* bytes);
  // Lets kernels reach memory of another device from now on, where the devices are linked.
  int32_t reach(int32_t other, bool* reached);
  // A piece of memory, or a status that tells how much is missing.
  int32_t take(uint64_t bytes, const char* what, Address* piece);
  // Keeps what went wrong, and returns the status.
  int32_t fail(int32_t status, std::string message);
  std::string message();

 private:
  int32_t open_device();
  int32_t load_kernels(const void* image);
  int32_t open_arena();
  int32_t short_of(uint64_t bytes, const char* what);

  Driver& driver_;
  ContextOptions options_;
  ContextHandle handle_ = nullptr;
  std::vector<int32_t> reached_;  // devices whose contexts are held open
  ModuleHandle module_ = nullptr;
  std::unordered_map<std::string_view, FunctionHandle> functions_;
  Arena arena_;
  Traffic traffic_;
  int32_t arch_ = 0;
  int32_t multiprocessors_ = 0;
  int32_t dynamic_shared_bytes_ = 0;
  std::mutex turn_;
  std::string message_;
};

}  // namespace longcat::cuda
