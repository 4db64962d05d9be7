// The driver of this machine, opened at run time: so nobody without one misses it.
#include <dlfcn.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <string>

#include "driver.h"

namespace longcat::cuda {

namespace {

constexpr const char* kLibrary = "libcuda.so.1";
constexpr int32_t kOldestVersion = 12000;
constexpr int32_t kAlreadyRegistered = 712;
constexpr int32_t kAlreadyReached = 704;
constexpr unsigned kPortable = 1;           // CU_MEMHOSTALLOC_PORTABLE, CU_MEMHOSTREGISTER_PORTABLE
constexpr unsigned kMapped = 2;             // CU_MEMHOSTREGISTER_DEVICEMAP
constexpr unsigned kNonBlocking = 1;        // CU_STREAM_NON_BLOCKING
constexpr unsigned kNoTiming = 2;           // CU_EVENT_DISABLE_TIMING
constexpr int32_t kThreadLocalCapture = 1;  // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL

// The functions by the names that the library has for their present meaning.
struct Functions {
  int32_t (*init)(unsigned);
  int32_t (*version)(int32_t*);
  int32_t (*device_count)(int32_t*);
  int32_t (*device)(int32_t*, int32_t);
  int32_t (*device_name)(char*, int32_t, int32_t);
  int32_t (*attribute)(int32_t*, int32_t, int32_t);
  int32_t (*retain)(void**, int32_t);
  int32_t (*release)(int32_t);
  int32_t (*set_current)(void*);
  int32_t (*memory_info)(size_t*, size_t*);
  int32_t (*can_reach)(int32_t*, int32_t, int32_t);
  int32_t (*reach)(void*, unsigned);
  int32_t (*allocate)(Address*, size_t);
  int32_t (*free)(Address);
  int32_t (*host_allocate)(void**, size_t, unsigned);
  int32_t (*host_free)(void*);
  int32_t (*host_register)(void*, size_t, unsigned);
  int32_t (*host_unregister)(void*);
  int32_t (*host_address)(Address*, void*, unsigned);
  int32_t (*to_device)(Address, const void*, size_t, void*);
  int32_t (*to_host)(void*, Address, size_t, void*);
  int32_t (*fill)(Address, unsigned char, size_t, void*);
  int32_t (*stream_create)(void**, unsigned);
  int32_t (*stream_destroy)(void*);
  int32_t (*stream_synchronise)(void*);
  int32_t (*event_create)(void**, unsigned);
  int32_t (*event_destroy)(void*);
  int32_t (*event_record)(void*, void*);
  int32_t (*stream_wait)(void*, void*, unsigned);
  int32_t (*event_synchronise)(void*);
  int32_t (*module_load)(void**, const void*);
  int32_t (*module_unload)(void*);
  int32_t (*module_function)(void**, void*, const char*);
  int32_t (*function_attribute)(int32_t*, int32_t, void*);
  int32_t (*set_function_attribute)(void*, int32_t, int32_t);
  int32_t (*launch)(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                    void*, void**, void**);
  int32_t (*begin_capture)(void*, int32_t);
  int32_t (*end_capture)(void*, void**);
  int32_t (*instantiate)(void**, void*, unsigned long long);
  int32_t (*graph_destroy)(void*);
  int32_t (*graph_launch)(void*, void*);
  int32_t (*graph_exec_destroy)(void*);
  int32_t (*error_name)(int32_t, const char**);
  int32_t (*error_string)(int32_t, const char**);
};

template <class F>
bool find(void* library, const char* name, F*& function) {
  function = reinterpret_cast<F*>(dlsym(library, name));
  return function != nullptr;
}

// The name of the first function that the library lacks, or null.
const char* find_all(void* library, Functions& f) {
#define LONGCAT_FIND(member, name) \
  if (!find(library, name, f.member)) return name
  LONGCAT_FIND(init, "cuInit");
  LONGCAT_FIND(version, "cuDriverGetVersion");
  LONGCAT_FIND(device_count, "cuDeviceGetCount");
  LONGCAT_FIND(device, "cuDeviceGet");
  LONGCAT_FIND(device_name, "cuDeviceGetName");
  LONGCAT_FIND(attribute, "cuDeviceGetAttribute");
  LONGCAT_FIND(retain, "cuDevicePrimaryCtxRetain");
  LONGCAT_FIND(release, "cuDevicePrimaryCtxRelease_v2");
  LONGCAT_FIND(set_current, "cuCtxSetCurrent");
  LONGCAT_FIND(memory_info, "cuMemGetInfo_v2");
  LONGCAT_FIND(can_reach, "cuDeviceCanAccessPeer");
  LONGCAT_FIND(reach, "cuCtxEnablePeerAccess");
  LONGCAT_FIND(allocate, "cuMemAlloc_v2");
  LONGCAT_FIND(free, "cuMemFree_v2");
  LONGCAT_FIND(host_allocate, "cuMemHostAlloc");
  LONGCAT_FIND(host_free, "cuMemFreeHost");
  LONGCAT_FIND(host_register, "cuMemHostRegister_v2");
  LONGCAT_FIND(host_unregister, "cuMemHostUnregister");
  LONGCAT_FIND(host_address, "cuMemHostGetDevicePointer_v2");
  LONGCAT_FIND(to_device, "cuMemcpyHtoDAsync_v2");
  LONGCAT_FIND(to_host, "cuMemcpyDtoHAsync_v2");
  LONGCAT_FIND(fill, "cuMemsetD8Async");
  LONGCAT_FIND(stream_create, "cuStreamCreate");
  LONGCAT_FIND(stream_destroy, "cuStreamDestroy_v2");
  LONGCAT_FIND(stream_synchronise, "cuStreamSynchronize");
  LONGCAT_FIND(event_create, "cuEventCreate");
  LONGCAT_FIND(event_destroy, "cuEventDestroy_v2");
  LONGCAT_FIND(event_record, "cuEventRecord");
  LONGCAT_FIND(stream_wait, "cuStreamWaitEvent");
  LONGCAT_FIND(event_synchronise, "cuEventSynchronize");
  LONGCAT_FIND(module_load, "cuModuleLoadData");
  LONGCAT_FIND(module_unload, "cuModuleUnload");
  LONGCAT_FIND(module_function, "cuModuleGetFunction");
  LONGCAT_FIND(function_attribute, "cuFuncGetAttribute");
  LONGCAT_FIND(set_function_attribute, "cuFuncSetAttribute");
  LONGCAT_FIND(launch, "cuLaunchKernel");
  LONGCAT_FIND(begin_capture, "cuStreamBeginCapture_v2");
  LONGCAT_FIND(end_capture, "cuStreamEndCapture");
  LONGCAT_FIND(instantiate, "cuGraphInstantiateWithFlags");
  LONGCAT_FIND(graph_destroy, "cuGraphDestroy");
  LONGCAT_FIND(graph_launch, "cuGraphLaunch");
  LONGCAT_FIND(graph_exec_destroy, "cuGraphExecDestroy");
  LONGCAT_FIND(error_name, "cuGetErrorName");
  LONGCAT_FIND(error_string, "cuGetErrorString");
#undef LONGCAT_FIND
  return nullptr;
}

class CudaDriver final : public Driver {
 public:
  explicit CudaDriver(const Functions& functions) : f_(functions) {}

  int32_t version(int32_t* version) override { return f_.version(version); }
  int32_t device_count(int32_t* count) override { return f_.device_count(count); }
  int32_t device_name(int32_t device, char* name, int32_t capacity) override {
    return f_.device_name(name, capacity, device);
  }
  int32_t attribute(int32_t device, DeviceAttribute attribute, int32_t* value) override {
    return f_.attribute(value, static_cast<int32_t>(attribute), device);
  }

  int32_t open_context(int32_t device, ContextHandle* context) override {
    return f_.retain(context, device);
  }
  int32_t close_context(int32_t device) override { return f_.release(device); }
  int32_t enter(ContextHandle context) override { return f_.set_current(context); }
  int32_t memory_info(uint64_t* free, uint64_t* total) override {
    size_t sizes[2] = {};
    int32_t result = f_.memory_info(&sizes[0], &sizes[1]);
    *free = sizes[0];
    *total = sizes[1];
    return result;
  }

  int32_t can_reach(int32_t device, int32_t other, bool* can) override {
    int32_t answer = 0;
    int32_t result = f_.can_reach(&answer, device, other);
    *can = answer != 0;
    return result;
  }
  int32_t reach(ContextHandle other) override {
    int32_t result = f_.reach(other, 0);
    return result == kAlreadyReached ? kSuccess : result;
  }

  int32_t allocate(uint64_t bytes, Address* address) override { return f_.allocate(address, bytes); }
  int32_t free(Address address) override { return f_.free(address); }
  int32_t allocate_pinned(uint64_t bytes, void** memory) override {
    return f_.host_allocate(memory, bytes, kPortable);
  }
  int32_t free_pinned(void* memory) override { return f_.host_free(memory); }
  // Registered once for all devices, until the last of them has done with it; what somebody else
  // registered stays theirs.
  int32_t share(void* memory, uint64_t bytes, Address* address) override {
    std::lock_guard<std::mutex> turn(turn_);
    auto known = registered_.find(memory);
    if (known == registered_.end()) {
      int32_t result = f_.host_register(memory, bytes, kPortable | kMapped);
      if (result != kSuccess && result != kAlreadyRegistered) return result;
      known = registered_.insert({memory, {0, result == kSuccess}}).first;
    }
    known->second.users++;
    int32_t result = f_.host_address(address, memory, 0);
    if (result != kSuccess) leave(known);
    return result;
  }
  int32_t unshare(void* memory) override {
    std::lock_guard<std::mutex> turn(turn_);
    auto known = registered_.find(memory);
    return known == registered_.end() ? kSuccess : leave(known);
  }

  int32_t copy_to_device(Address into, const void* from, uint64_t bytes,
                         StreamHandle stream) override {
    return f_.to_device(into, from, bytes, stream);
  }
  int32_t copy_to_host(void* into, Address from, uint64_t bytes, StreamHandle stream) override {
    return f_.to_host(into, from, bytes, stream);
  }
  int32_t fill(Address into, uint8_t value, uint64_t bytes, StreamHandle stream) override {
    return f_.fill(into, value, bytes, stream);
  }

  int32_t open_stream(StreamHandle* stream) override {
    return f_.stream_create(stream, kNonBlocking);
  }
  int32_t close_stream(StreamHandle stream) override { return f_.stream_destroy(stream); }
  int32_t synchronise(StreamHandle stream) override { return f_.stream_synchronise(stream); }

  int32_t open_event(EventHandle* event) override { return f_.event_create(event, kNoTiming); }
  int32_t close_event(EventHandle event) override { return f_.event_destroy(event); }
  int32_t record(EventHandle event, StreamHandle stream) override {
    return f_.event_record(event, stream);
  }
  int32_t wait(StreamHandle stream, EventHandle event) override {
    return f_.stream_wait(stream, event, 0);
  }
  int32_t synchronise_event(EventHandle event) override { return f_.event_synchronise(event); }

  int32_t load_module(const void* image, ModuleHandle* module) override {
    return f_.module_load(module, image);
  }
  int32_t close_module(ModuleHandle module) override { return f_.module_unload(module); }
  int32_t function(ModuleHandle module, const char* name, FunctionHandle* function) override {
    return f_.module_function(function, module, name);
  }
  int32_t function_attribute(FunctionHandle function, FunctionAttribute attribute,
                             int32_t* value) override {
    return f_.function_attribute(value, static_cast<int32_t>(attribute), function);
  }
  int32_t set_dynamic_shared(FunctionHandle function, int32_t bytes) override {
    auto attribute = static_cast<int32_t>(FunctionAttribute::kDynamicSharedBytes);
    return f_.set_function_attribute(function, attribute, bytes);
  }
  int32_t launch(const Launch& launch, StreamHandle stream) override {
    return f_.launch(launch.function, launch.blocks_x, launch.blocks_y, 1, launch.threads, 1, 1,
                     launch.shared_bytes, stream, launch.arguments, nullptr);
  }

  int32_t begin_capture(StreamHandle stream) override {
    return f_.begin_capture(stream, kThreadLocalCapture);
  }
  int32_t end_capture(StreamHandle stream, GraphHandle* graph) override {
    void* captured = nullptr;
    int32_t result = f_.end_capture(stream, &captured);
    if (result != kSuccess) return result;
    result = f_.instantiate(graph, captured, 0);
    int32_t destroyed = f_.graph_destroy(captured);
    return result != kSuccess ? result : destroyed;
  }
  int32_t launch_graph(GraphHandle graph, StreamHandle stream) override {
    return f_.graph_launch(graph, stream);
  }
  int32_t close_graph(GraphHandle graph) override { return f_.graph_exec_destroy(graph); }

  std::string text(int32_t error) override {
    const char* name = nullptr;
    const char* words = nullptr;
    f_.error_name(error, &name);
    f_.error_string(error, &words);
    std::string number = "error " + std::to_string(error);
    return (name == nullptr ? number : name) + std::string(words == nullptr ? "" : ", ") +
           (words == nullptr ? "" : words);
  }

 private:
  struct Registered {
    int32_t users;
    bool own;
  };

  int32_t leave(std::map<void*, Registered>::iterator known) {
    if (--known->second.users > 0) return kSuccess;
    void* memory = known->first;
    bool own = known->second.own;
    registered_.erase(known);
    return own ? f_.host_unregister(memory) : kSuccess;
  }

  Functions f_;
  std::mutex turn_;
  std::map<void*, Registered> registered_;
};

std::string version_text(int32_t version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

}  // namespace

std::unique_ptr<Driver> open_cuda_driver(std::string& why_not) {
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    why_not = std::string("there is no NVIDIA driver on this machine (") + kLibrary +
              " was not found); install one for CUDA 12.0 or newer";
    return nullptr;
  }
  Functions functions{};
  const char* missing = find_all(library, functions);
  if (missing != nullptr) {
    why_not = std::string("the NVIDIA driver lacks ") + missing +
              "; update it to one for CUDA 12.0 or newer";
    return nullptr;
  }
  auto driver = std::make_unique<CudaDriver>(functions);
  int32_t version = 0;
  int32_t result = functions.init(0);
  if (result == kSuccess) result = driver->version(&version);
  if (result != kSuccess) {
    why_not = "the NVIDIA driver does not start: " + driver->text(result);
    return nullptr;
  }
  if (version < kOldestVersion) {
    why_not = "the NVIDIA driver is for CUDA " + version_text(version) +
              "; update it to one for CUDA 12.0 or newer";
    return nullptr;
  }
  return driver;
}

}  // namespace longcat::cuda
