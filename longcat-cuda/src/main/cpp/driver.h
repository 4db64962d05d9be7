// The part of the CUDA driver that is used, with its meaning: the driver itself, an emulator of
// devices, and in tests one that fails. Functions return 0 or an error of the driver (CUresult).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace longcat::cuda {

// Of memory of a device.
using Address = uint64_t;

// CUresult, as far as anything is done about them.
constexpr int32_t kSuccess = 0;
constexpr int32_t kInvalidValue = 1;
constexpr int32_t kOutOfMemory = 2;
constexpr int32_t kNoDevice = 100;
constexpr int32_t kInvalidContext = 201;
constexpr int32_t kNotFound = 500;
constexpr int32_t kNotReady = 600;
constexpr int32_t kLaunchFailed = 719;
constexpr int32_t kCaptureUnjoined = 904;

// CUdevice_attribute.
enum class DeviceAttribute : int32_t {
  kMultiprocessors = 16,
  kComputeMajor = 75,
  kComputeMinor = 76,
  kDynamicSharedBytes = 97,
};

// CUfunction_attribute.
enum class FunctionAttribute : int32_t {
  kMostThreads = 0,
  kStaticSharedBytes = 1,
  kLocalBytes = 3,
  kRegisters = 4,
  kDynamicSharedBytes = 8,
};

using ContextHandle = void*;
using ModuleHandle = void*;
using FunctionHandle = void*;
using StreamHandle = void*;
using EventHandle = void*;
using GraphHandle = void*;  // a graph that can be launched

// A kernel on its way. Arguments are copied before launch() returns.
struct Launch {
  FunctionHandle function;
  uint32_t blocks_x;
  uint32_t blocks_y;
  uint32_t threads;
  uint32_t shared_bytes;
  void** arguments;
  const uint32_t* sizes;  // of the arguments, to be checked where that is possible
  int32_t count;
};

class Driver {
 public:
  virtual ~Driver() = default;

  // 12040 for 12.4.
  virtual int32_t version(int32_t* version) = 0;
  virtual int32_t device_count(int32_t* count) = 0;
  virtual int32_t device_name(int32_t device, char* name, int32_t capacity) = 0;
  virtual int32_t attribute(int32_t device, DeviceAttribute attribute, int32_t* value) = 0;

  // The device's primary context; a thread enters it before it calls anything below.
  virtual int32_t open_context(int32_t device, ContextHandle* context) = 0;
  virtual int32_t close_context(int32_t device) = 0;
  virtual int32_t enter(ContextHandle context) = 0;
  virtual int32_t memory_info(uint64_t* free, uint64_t* total) = 0;

  // Whether kernels of a device can be let reach memory of another.
  virtual int32_t can_reach(int32_t device, int32_t other, bool* can) = 0;
  // Lets kernels of the context that was entered reach memory of another; may be said again.
  virtual int32_t reach(ContextHandle other) = 0;

  virtual int32_t allocate(uint64_t bytes, Address* address) = 0;
  virtual int32_t free(Address address) = 0;
  // Memory of the host that devices copy from and to while the host goes on.
  virtual int32_t allocate_pinned(uint64_t bytes, void** memory) = 0;
  virtual int32_t free_pinned(void* memory) = 0;
  // Lets kernels see memory of the host.
  virtual int32_t share(void* memory, uint64_t bytes, Address* address) = 0;
  virtual int32_t unshare(void* memory) = 0;

  virtual int32_t copy_to_device(Address into, const void* from, uint64_t bytes,
                                 StreamHandle stream) = 0;
  virtual int32_t copy_to_host(void* into, Address from, uint64_t bytes, StreamHandle stream) = 0;
  virtual int32_t fill(Address into, uint8_t value, uint64_t bytes, StreamHandle stream) = 0;

  virtual int32_t open_stream(StreamHandle* stream) = 0;
  virtual int32_t close_stream(StreamHandle stream) = 0;
  virtual int32_t synchronise(StreamHandle stream) = 0;

  virtual int32_t open_event(EventHandle* event) = 0;
  virtual int32_t close_event(EventHandle event) = 0;
  virtual int32_t record(EventHandle event, StreamHandle stream) = 0;
  virtual int32_t wait(StreamHandle stream, EventHandle event) = 0;
  virtual int32_t synchronise_event(EventHandle event) = 0;

  // A cubin or PTX that ends with a zero.
  virtual int32_t load_module(const void* image, ModuleHandle* module) = 0;
  virtual int32_t close_module(ModuleHandle module) = 0;
  virtual int32_t function(ModuleHandle module, const char* name, FunctionHandle* function) = 0;
  virtual int32_t function_attribute(FunctionHandle function, FunctionAttribute attribute,
                                     int32_t* value) = 0;
  virtual int32_t set_dynamic_shared(FunctionHandle function, int32_t bytes) = 0;
  virtual int32_t launch(const Launch& launch, StreamHandle stream) = 0;

  // What this thread queues in between is kept instead of done.
  virtual int32_t begin_capture(StreamHandle stream) = 0;
  virtual int32_t end_capture(StreamHandle stream, GraphHandle* graph) = 0;
  virtual int32_t launch_graph(GraphHandle graph, StreamHandle stream) = 0;
  virtual int32_t close_graph(GraphHandle graph) = 0;

  // What an error is, in words.
  virtual std::string text(int32_t error) = 0;

  // Whether kernels run on the CPU.
  virtual bool emulated() const { return false; }
  // For an emulator: memory got by allocate() is cut into pieces, and kernels may touch these alone.
  virtual void cut(Address /*memory*/) {}
  virtual void allow(Address /*piece*/, uint64_t /*bytes*/) {}
  virtual void forbid(Address /*piece*/, uint64_t /*bytes*/) {}
};

// Null where this machine has none; why is then told in one line.
std::unique_ptr<Driver> open_cuda_driver(std::string& why_not);
// Devices that are linked can be let reach each other's memory.
std::unique_ptr<Driver> open_emulated_driver(int32_t devices, uint64_t bytes_each,
                                             bool linked = true);

}  // namespace longcat::cuda
