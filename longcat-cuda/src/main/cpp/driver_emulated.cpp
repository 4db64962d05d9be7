// Devices of the emulator behind the functions of a driver. One mutex: devices are slow enough.
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "driver.h"
#include "emulated_queue.h"
#include "emulator.h"
#include "kernel_table.h"

namespace longcat::cuda {

namespace {

constexpr uint64_t kRedZone = 4096;
constexpr uint64_t kFilledAtOnce = 1 << 24;
constexpr int kUnwritten = 0xFF;
constexpr int32_t kVersion = 12040;
constexpr int32_t kMultiprocessors = 4;

struct Stream {
  Stream(int32_t owner, bool loose) : device(owner), queue(loose) {}
  int32_t device;
  Queue queue;
  Graph* graph = nullptr;  // that is being captured
  int32_t lane = 0;
};

struct Event {
  Stream* stream = nullptr;
  uint64_t position = 0;
  Graph* graph = nullptr;
  int32_t lane = 0;
};

struct Allocation {
  int32_t device;
  uint64_t bytes;
  bool cut;
};

struct Device {
  uint64_t used = 0;
  std::vector<const void*> reached;  // devices, this one first
};

// The device of a thread, as cuCtxSetCurrent says.
thread_local int32_t current_device = 0;

// A launch with arguments of its own.
class KeptLaunch {
 public:
  explicit KeptLaunch(const Launch& launch) : launch_(launch) {
    size_t total = 0;
    for (int32_t i = 0; i < launch.count; i++) total += (launch.sizes[i] + 15) / 16 * 16;
    bytes_.resize(total);
    size_t at = 0;
    for (int32_t i = 0; i < launch.count; i++) {
      std::memcpy(bytes_.data() + at, launch.arguments[i], launch.sizes[i]);
      offsets_.push_back(at);
      at += (launch.sizes[i] + 15) / 16 * 16;
    }
  }

  bool run(const Device& device) {
    std::vector<void*> arguments;
    for (size_t offset : offsets_) arguments.push_back(bytes_.data() + offset);
    return emulator::launch({static_cast<const emulator::Kernel*>(launch_.function),
                             launch_.blocks_x, launch_.blocks_y, launch_.threads,
                             launch_.shared_bytes, arguments.data(), &device.reached});
  }

 private:
  Launch launch_;
  std::vector<char> bytes_;
  std::vector<size_t> offsets_;
};

class EmulatedDriver final : public Driver {
 public:
  EmulatedDriver(int32_t devices, uint64_t bytes_each, bool linked)
      : devices_(static_cast<size_t>(devices)), bytes_each_(bytes_each), linked_(linked) {
    for (Device& device : devices_) device.reached.push_back(&device);
  }

  ~EmulatedDriver() override {
    for (auto& [address, allocation] : memory_) release(address, allocation);
    for (auto& [memory, bytes] : pinned_) std::free(memory);
    for (auto& [memory, bytes] : shared_) emulator::forbid(memory, bytes);
  }

  int32_t version(int32_t* version) override {
    *version = kVersion;
    return kSuccess;
  }
  int32_t device_count(int32_t* count) override {
    *count = static_cast<int32_t>(devices_.size());
    return kSuccess;
  }
  int32_t device_name(int32_t, char* name, int32_t capacity) override {
    std::snprintf(name, static_cast<size_t>(capacity), "emulated");
    return kSuccess;
  }
  int32_t attribute(int32_t, DeviceAttribute attribute, int32_t* value) override {
    int arch = emulator::settings().arch;
    switch (attribute) {
      case DeviceAttribute::kMultiprocessors:
        *value = kMultiprocessors;
        break;
      case DeviceAttribute::kComputeMajor:
        *value = arch / 10;
        break;
      case DeviceAttribute::kComputeMinor:
        *value = arch % 10;
        break;
      case DeviceAttribute::kDynamicSharedBytes:
        *value = static_cast<int32_t>(emulator::dynamic_shared_limit());
        break;
    }
    return kSuccess;
  }

  int32_t open_context(int32_t device, ContextHandle* context) override {
    if (device < 0 || device >= static_cast<int32_t>(devices_.size())) return kNoDevice;
    *context = &devices_[static_cast<size_t>(device)];
    return kSuccess;
  }
  int32_t close_context(int32_t) override { return kSuccess; }
  int32_t enter(ContextHandle context) override {
    current_device = static_cast<int32_t>(static_cast<Device*>(context) - devices_.data());
    return kSuccess;
  }
  int32_t memory_info(uint64_t* free, uint64_t* total) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    *total = bytes_each_;
    *free = bytes_each_ - devices_[static_cast<size_t>(current_device)].used;
    return failure_;
  }

  int32_t can_reach(int32_t device, int32_t other, bool* can) override {
    auto count = static_cast<int32_t>(devices_.size());
    *can = linked_ && device != other && device < count && other < count;
    return failure_;
  }
  int32_t reach(ContextHandle other) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    std::vector<const void*>& reached = devices_[static_cast<size_t>(current_device)].reached;
    bool known = std::find(reached.begin(), reached.end(), other) != reached.end();
    if (!linked_) return kInvalidValue;
    if (!known) reached.push_back(other);
    return failure_;
  }

  int32_t allocate(uint64_t bytes, Address* address) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (failure_ != kSuccess) return failure_;
    Device& device = devices_[static_cast<size_t>(current_device)];
    if (bytes == 0 || bytes > bytes_each_ - device.used) {
      return bytes == 0 ? kInvalidValue : kOutOfMemory;
    }
    // Pages that nobody touches cost nothing: an arena is not filled before it is cut.
    void* block = mmap(nullptr, bytes + 2 * kRedZone, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) return kOutOfMemory;
    if (bytes <= kFilledAtOnce) std::memset(block, kUnwritten, bytes + 2 * kRedZone);
    *address = reinterpret_cast<Address>(block) + kRedZone;
    device.used += bytes;
    memory_[*address] = {current_device, bytes, false};
    emulator::allow(reinterpret_cast<void*>(*address), bytes, &device);
    return kSuccess;
  }
  int32_t free(Address address) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto found = memory_.find(address);
    if (found == memory_.end()) return kInvalidValue;
    run_all();
    release(address, found->second);
    memory_.erase(found);
    return failure_;
  }

  int32_t allocate_pinned(uint64_t bytes, void** memory) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (failure_ != kSuccess) return failure_;
    if (bytes == 0) return kInvalidValue;
    *memory = nullptr;
    if (posix_memalign(memory, kRedZone, bytes) != 0) return kOutOfMemory;
    std::memset(*memory, kUnwritten, bytes);
    pinned_[*memory] = bytes;
    return kSuccess;
  }
  int32_t free_pinned(void* memory) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    run_all();
    if (pinned_.erase(memory) == 0) return kInvalidValue;
    std::free(memory);
    return failure_;
  }
  int32_t share(void* memory, uint64_t bytes, Address* address) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (failure_ != kSuccess) return failure_;
    *address = reinterpret_cast<Address>(memory);
    shared_.insert({memory, bytes});
    emulator::allow(memory, bytes);
    return kSuccess;
  }
  int32_t unshare(void* memory) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto found = shared_.find(memory);
    if (found == shared_.end()) return kInvalidValue;
    run_all();
    emulator::forbid(memory, found->second);
    shared_.erase(found);
    return failure_;
  }

  int32_t copy_to_device(Address into, const void* from, uint64_t bytes,
                         StreamHandle stream) override {
    void* to = reinterpret_cast<void*>(into);
    if (!emulator::allowed(to, bytes)) return kInvalidValue;
    if (is_pinned(from, bytes)) {
      return queue(stream, [to, from, bytes] {
        std::memcpy(to, from, bytes);
        return kSuccess;
      });
    }
    // As the driver does: what is not pinned is read at once.
    std::vector<char> now(static_cast<const char*>(from), static_cast<const char*>(from) + bytes);
    return queue(stream, [to, now = std::move(now)] {
      std::memcpy(to, now.data(), now.size());
      return kSuccess;
    });
  }
  int32_t copy_to_host(void* into, Address from, uint64_t bytes, StreamHandle stream) override {
    const void* source = reinterpret_cast<const void*>(from);
    if (!emulator::allowed(source, bytes)) return kInvalidValue;
    int32_t result = queue(stream, [into, source, bytes] {
      std::memcpy(into, source, bytes);
      return kSuccess;
    });
    return is_pinned(into, bytes) || result != kSuccess ? result : synchronise(stream);
  }
  int32_t fill(Address into, uint8_t value, uint64_t bytes, StreamHandle stream) override {
    void* to = reinterpret_cast<void*>(into);
    if (!emulator::allowed(to, bytes)) return kInvalidValue;
    return queue(stream, [to, value, bytes] {
      std::memset(to, value, bytes);
      return kSuccess;
    });
  }

  int32_t open_stream(StreamHandle* stream) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (failure_ != kSuccess) return failure_;
    emulator::Settings settings = emulator::settings();
    bool loose = settings.loose && ((settings.seed ^ streams_opened_++) & 1) == 0;
    streams_.push_back(std::make_unique<Stream>(current_device, loose));
    *stream = streams_.back().get();
    return kSuccess;
  }
  // Others may still hold events of it: so it stays until the end.
  int32_t close_stream(StreamHandle stream) override { return synchronise(stream); }
  int32_t synchronise(StreamHandle stream) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (static_cast<Stream*>(stream)->graph != nullptr) return kInvalidValue;
    return settled(static_cast<Stream*>(stream)->queue.run());
  }

  int32_t open_event(EventHandle* event) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (failure_ != kSuccess) return failure_;
    events_.push_back(std::make_unique<Event>());
    *event = events_.back().get();
    return kSuccess;
  }
  int32_t close_event(EventHandle) override { return failure_; }
  int32_t record(EventHandle event, StreamHandle stream) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto* s = static_cast<Stream*>(stream);
    auto* e = static_cast<Event*>(event);
    *e = {s, s->queue.added(), s->graph, s->lane};
    if (s->graph != nullptr) e->position = s->graph->position(s->lane);
    return failure_;
  }
  int32_t wait(StreamHandle stream, EventHandle event) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto* s = static_cast<Stream*>(stream);
    auto* e = static_cast<Event*>(event);
    if (e->stream == nullptr) return failure_;
    if (e->graph != nullptr) {
      if (s->graph == nullptr) {
        s->graph = e->graph;
        s->lane = e->graph->lane_of(s);
        capturing_.push_back(s);
      }
      s->graph->wait(s->lane, e->lane, e->position);
      return failure_;
    }
    Queue* other = &e->stream->queue;
    uint64_t position = e->position;
    return queue(stream, [other, position] { return other->run_to(position); });
  }
  int32_t synchronise_event(EventHandle event) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto* e = static_cast<Event*>(event);
    if (e->stream == nullptr) return failure_;
    return settled(e->stream->queue.run_to(e->position));
  }

  int32_t load_module(const void*, ModuleHandle* module) override {
    *module = this;
    return failure_;
  }
  int32_t close_module(ModuleHandle) override { return failure_; }
  int32_t function(ModuleHandle, const char* name, FunctionHandle* function) override {
    const emulator::Kernel* kernel = emulator::find_kernel(name);
    *function = const_cast<emulator::Kernel*>(kernel);
    return kernel == nullptr ? kNotFound : failure_;
  }
  int32_t function_attribute(FunctionHandle, FunctionAttribute attribute, int32_t* value) override {
    *value = attribute == FunctionAttribute::kMostThreads ? 1024 : 0;
    return failure_;
  }
  int32_t set_dynamic_shared(FunctionHandle, int32_t bytes) override {
    bool fits = bytes <= static_cast<int32_t>(emulator::dynamic_shared_limit());
    return fits ? failure_ : kInvalidValue;
  }
  int32_t launch(const Launch& launch, StreamHandle stream) override {
    auto* kernel = static_cast<const emulator::Kernel*>(launch.function);
    bool same = kernel->count == launch.count &&
                std::memcmp(kernel->sizes, launch.sizes, 4 * static_cast<size_t>(launch.count)) == 0;
    if (!same) {
      told_ = std::string("kernel ") + kernel->name + " takes other arguments";
      return kInvalidValue;
    }
    KeptLaunch kept(launch);
    const Device& device = devices_[static_cast<size_t>(static_cast<Stream*>(stream)->device)];
    return queue(stream, [this, kept, &device]() mutable {
      if (kept.run(device)) return kSuccess;
      told_ = emulator::error();
      return kLaunchFailed;
    });
  }

  int32_t begin_capture(StreamHandle stream) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto* s = static_cast<Stream*>(stream);
    if (s->graph != nullptr) return kInvalidValue;
    graphs_.push_back(std::make_unique<Graph>());
    s->graph = graphs_.back().get();
    s->lane = s->graph->lane_of(s);
    capturing_.push_back(s);
    return failure_;
  }
  int32_t end_capture(StreamHandle stream, GraphHandle* graph) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    Graph* captured = static_cast<Stream*>(stream)->graph;
    if (captured == nullptr) return kInvalidValue;
    for (Stream* s : capturing_) {
      if (s->graph == captured) s->graph = nullptr;
    }
    if (!captured->joined()) return kCaptureUnjoined;
    *graph = captured;
    return failure_;
  }
  int32_t launch_graph(GraphHandle graph, StreamHandle stream) override {
    emulator::Settings settings = emulator::settings();
    uint64_t loose = settings.loose ? settings.seed : 0;
    auto* captured = static_cast<Graph*>(graph);
    return queue(stream, [captured, loose] { return captured->run(loose); });
  }
  int32_t close_graph(GraphHandle graph) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    run_all();
    for (auto at = graphs_.begin(); at != graphs_.end(); ++at) {
      if (at->get() != graph) continue;
      graphs_.erase(at);
      return failure_;
    }
    return kInvalidValue;
  }

  std::string text(int32_t error) override {
    if (error == kLaunchFailed || (error == kInvalidValue && !told_.empty())) return told_;
    if (error == kOutOfMemory) return "out of memory";
    if (error == kCaptureUnjoined) return "a captured stream was not waited for";
    return "error " + std::to_string(error);
  }

  bool emulated() const override { return true; }
  void cut(Address memory) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    Allocation& allocation = memory_.at(memory);
    allocation.cut = true;
    emulator::forbid(reinterpret_cast<void*>(memory), allocation.bytes);
  }
  void allow(Address piece, uint64_t bytes) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    std::memset(reinterpret_cast<void*>(piece), kUnwritten, bytes);
    const Allocation& whole = std::prev(memory_.upper_bound(piece))->second;
    emulator::allow(reinterpret_cast<void*>(piece), bytes,
                    &devices_[static_cast<size_t>(whole.device)]);
  }
  void forbid(Address piece, uint64_t bytes) override {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    run_all();
    emulator::forbid(reinterpret_cast<void*>(piece), bytes);
  }

 private:
  int32_t queue(StreamHandle stream, Work work) {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    if (failure_ != kSuccess) return failure_;
    auto* s = static_cast<Stream*>(stream);
    // The driver takes work of a device in its context only.
    if (s->device != current_device) return kInvalidContext;
    if (s->graph != nullptr) {
      s->graph->add(s->lane, std::move(work));
      return kSuccess;
    }
    return settled(s->queue.add(std::move(work)));
  }

  // As on a device: after work has failed, nothing works any more.
  int32_t settled(int32_t result) {
    if (failure_ == kSuccess) failure_ = result;
    return failure_;
  }

  void run_all() {
    for (auto& stream : streams_) settled(stream->queue.run());
  }

  void release(Address address, const Allocation& allocation) {
    devices_[static_cast<size_t>(allocation.device)].used -= allocation.bytes;
    if (!allocation.cut) {
      emulator::forbid(reinterpret_cast<void*>(address), allocation.bytes);
    }
    munmap(reinterpret_cast<void*>(address - kRedZone), allocation.bytes + 2 * kRedZone);
  }

  bool is_pinned(const void* memory, uint64_t bytes) {
    std::lock_guard<std::recursive_mutex> turn(turn_);
    auto after = pinned_.upper_bound(const_cast<void*>(memory));
    if (after == pinned_.begin()) return false;
    auto found = std::prev(after);
    const char* end = static_cast<const char*>(found->first) + found->second;
    return static_cast<const char*>(memory) + bytes <= end;
  }

  std::recursive_mutex turn_;
  std::vector<Device> devices_;
  uint64_t bytes_each_;
  bool linked_;
  int32_t failure_ = kSuccess;
  std::string told_;
  uint64_t streams_opened_ = 0;
  std::map<Address, Allocation> memory_;
  std::map<void*, uint64_t> pinned_;
  std::multimap<void*, uint64_t> shared_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Event>> events_;
  std::vector<std::unique_ptr<Graph>> graphs_;
  std::vector<Stream*> capturing_;
};

}  // namespace

std::unique_ptr<Driver> open_emulated_driver(int32_t devices, uint64_t bytes_each, bool linked) {
  const char* wanted = std::getenv("LONGCAT_EMULATOR");
  if (wanted != nullptr && !emulator::configure(wanted)) {
    std::fprintf(stderr, "LONGCAT_EMULATOR=%s is not understood; try seed=7,tensor=truncating,"
                         "arch=90,loose=1\n", wanted);
  }
  return std::make_unique<EmulatedDriver>(devices, bytes_each, linked);
}

}  // namespace longcat::cuda
