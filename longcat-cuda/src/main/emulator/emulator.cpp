#include "emulator.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <numeric>
#include <random>
#include <string>

#include "block.h"
#include "memory.h"
#include "sanitizers.h"

namespace longcat::emulator {

Now now;

namespace {

// What kernels reach without being handed it.
struct Device {
  std::mutex turn;
  Settings settings;
  DeviceMemory memory;
  std::string error;
};

Device& device() {
  // Never destroyed: a process may end while a kernel runs.
  static Device& one = *new Device;
  return one;
}

bool read_setting(const std::string& name, const std::string& value, Settings& into) {
  if (name == "tensor") {
    into.truncating = value == "truncating";
    return into.truncating || value == "ieee";
  }
  char* end = nullptr;
  unsigned long long number = std::strtoull(value.c_str(), &end, 10);
  if (value.empty() || *end != 0) return false;
  if (name == "seed") into.seed = number;
  if (name == "arch") into.arch = static_cast<int>(number);
  if (name == "loose") into.loose = number != 0;
  if (name == "count") into.counting = number != 0;
  bool known = name == "seed" || name == "arch" || name == "loose" || name == "count";
  return known && (name != "arch" || number == 80 || number == 90 || number == 100 ||
                   number == 120);
}

void copy16(char* into, const char* from) {
  volatile char* to = into;
  for (int i = 0; i < 16; i++) to[i] = from == nullptr ? 0 : from[i];
}

void land(Thread& thread, size_t pending) {
  while (thread.groups.size() > pending) {
    for (const Copy& copy : thread.groups.front()) {
      if (copy.from != nullptr) sanitizers::reads(copy.from, 16);
      sanitizers::writes(copy.into, 16);
      copy16(copy.into, copy.from);
    }
    thread.groups.erase(thread.groups.begin());
  }
}

bool aligned(const void* memory, uint64_t alignment) {
  return reinterpret_cast<uint64_t>(memory) % alignment == 0;
}

const char* unfit(const Launch& launch) {
  if (launch.threads == 0 || launch.threads > 1024 || launch.threads % 32 != 0) {
    return "a block has 32, 64, ... or 1024 threads";
  }
  if (launch.blocks_x == 0 || launch.blocks_y == 0 || launch.blocks_y > 65535) {
    return "the grid is empty or too large";
  }
  if (launch.dynamic_shared > dynamic_shared_limit()) return "too much dynamic shared memory";
  return nullptr;
}

bool run_blocks(const Launch& launch, Device& device) {
  std::mt19937_64 random(device.settings.seed);
  std::vector<uint32_t> order(static_cast<size_t>(launch.blocks_x) * launch.blocks_y);
  std::iota(order.begin(), order.end(), 0u);
  if (device.settings.seed != 0) std::shuffle(order.begin(), order.end(), random);
  for (uint32_t block : order) {
    now = {0,
           static_cast<int>(launch.threads),
           static_cast<int>(block % launch.blocks_x),
           static_cast<int>(block / launch.blocks_x),
           static_cast<int>(launch.blocks_x),
           static_cast<int>(launch.blocks_y)};
    uint32_t seed = device.settings.seed == 0 ? 0 : static_cast<uint32_t>(random()) | 1;
    if (!the_block().run(launch, seed)) {
      device.error = the_block().error();
      return false;
    }
  }
  the_block().finished();
  return true;
}

}  // namespace

Settings settings() { return device().settings; }

void configure(const Settings& wanted) {
  std::lock_guard<std::mutex> turn(device().turn);
  device().settings = wanted;
}

bool configure(const char* text) {
  Settings wanted = settings();
  std::string rest = text;
  while (!rest.empty()) {
    size_t comma = std::min(rest.find(','), rest.size());
    std::string part = rest.substr(0, comma);
    rest.erase(0, comma + 1);
    size_t equals = part.find('=');
    if (equals == std::string::npos) return false;
    if (!read_setting(part.substr(0, equals), part.substr(equals + 1), wanted)) return false;
  }
  configure(wanted);
  return true;
}

size_t static_shared_limit() { return 48 << 10; }

size_t dynamic_shared_limit() {
  // sm_80 has more, but its code also runs on sm_86 and sm_89.
  int arch = device().settings.arch;
  return arch == 90 || arch == 100 ? 227 << 10 : 99 << 10;
}

bool launch(const Launch& launch) {
  Device& d = device();
  std::lock_guard<std::mutex> turn(d.turn);
  d.error.clear();
  if (the_only_block == nullptr) the_only_block = new Block;
  const char* why = unfit(launch);
  if (why != nullptr) {
    d.error = std::string("kernel ") + launch.kernel->name + ": " + why;
    return false;
  }
  d.memory.begin_launch(d.settings.counting, launch.owners);
  return run_blocks(launch, d);
}

const char* error() { return device().error.c_str(); }

void allow(const void* memory, size_t bytes, const void* owner) {
  std::lock_guard<std::mutex> turn(device().turn);
  device().memory.allow(memory, bytes, owner);
}

void forbid(const void* memory, size_t bytes) {
  std::lock_guard<std::mutex> turn(device().turn);
  device().memory.forbid(memory, bytes);
}

bool allowed(const void* memory, size_t bytes) {
  std::lock_guard<std::mutex> turn(device().turn);
  return device().memory.allowed(memory, bytes);
}

Traffic traffic() {
  std::lock_guard<std::mutex> turn(device().turn);
  return device().memory.traffic;
}

void reset_traffic() {
  std::lock_guard<std::mutex> turn(device().turn);
  device().memory.traffic = {};
}

void touch(const void* memory, uint32_t bytes, uint32_t alignment, Access access, Place place) {
  if (!aligned(memory, alignment)) {
    the_block().fail(place, "address %p is no multiple of %u bytes", memory, alignment);
  }
  if (!device().memory.touch(memory, bytes, access)) {
    the_block().fail(place, "%u bytes at %p are %s, but lie outside of the memory that the device reaches",
                     bytes, memory, access == Access::kWrite ? "written" : "read");
  }
}

void atomic_begin(void* memory, uint32_t bytes, Place place) {
  Block& block = the_block();
  if (!aligned(memory, bytes)) block.fail(place, "an atomic at %p is not aligned", memory);
  if (!block.shared().holds(memory, bytes)) {
    touch(memory, bytes, bytes, Access::kWrite, place);
  }
}

// Others see what was written before only across a fence.
void atomic_end(void* memory) {
  sanitizers::acquire(memory);
  if (the_block().thread().fenced) sanitizers::release(memory);
}

void fence() { the_block().thread().fenced = true; }

void* shared(const void* key, const char* name, size_t bytes, Place place) {
  void* memory = the_block().shared().array(key, name, bytes, static_shared_limit());
  if (memory == nullptr) {
    the_block().fail(place, "shared array %s of %zu bytes is too large", name, bytes);
  }
  return memory;
}

void* dynamic_shared(Place place) {
  void* memory = the_block().shared().dynamic();
  if (memory == nullptr) the_block().fail(place, "launched without dynamic shared memory");
  return memory;
}

void sync_block(Place place) {
  Block& block = the_block();
  block.meet(block.team(), Meeting::kBlock, place);
}

void sync_warp(Place place) { the_block().meet(the_block().warp(), Meeting::kWarp, place); }

uint64_t exchange(uint64_t value, int from, Place place) {
  Block& block = the_block();
  Team& warp = block.warp();
  uint64_t* values = warp.values[warp.round & 1];
  values[block.thread().index & 31] = value;
  block.meet(warp, Meeting::kExchange, place);
  return values[from];
}

uint32_t ballot(bool set, Place place) {
  Block& block = the_block();
  Team& warp = block.warp();
  uint64_t* values = warp.values[warp.round & 1];
  values[block.thread().index & 31] = set ? 1 : 0;
  block.meet(warp, Meeting::kBallot, place);
  uint32_t bits = 0;
  for (int i = 0; i < 32; i++) bits |= static_cast<uint32_t>(values[i]) << i;
  return bits;
}

namespace {

template <class T, class Join>
void fold_as(uint64_t* lanes, Join join) {
  T values[32];
  T next[32];
  for (int i = 0; i < 32; i++) std::memcpy(&values[i], &lanes[i], sizeof(T));
  for (int apart = 16; apart > 0; apart /= 2) {
    for (int i = 0; i < 32; i++) next[i] = join(values[i], values[i ^ apart]);
    std::copy(next, next + 32, values);
  }
  for (int i = 0; i < 32; i++) std::memcpy(&lanes[i], &values[i], sizeof(T));
}

void fold_all(uint64_t* lanes, Fold how) {
  auto sum = [](auto own, auto other) { return own + other; };
  auto larger = [](auto own, auto other) { return other > own ? other : own; };
  switch (how) {
    case Fold::kSumF32:
      return fold_as<float>(lanes, sum);
    case Fold::kSumI32:
      return fold_as<int32_t>(lanes, sum);
    case Fold::kMaxF32:
      return fold_as<float>(lanes, larger);
    case Fold::kMaxI32:
      return fold_as<int32_t>(lanes, larger);
    case Fold::kMaxU32:
      return fold_as<uint32_t>(lanes, larger);
    case Fold::kMaxU64:
      return fold_as<uint64_t>(lanes, larger);
  }
}

}  // namespace

uint64_t fold(uint64_t value, Fold how, Place place) {
  Block& block = the_block();
  Team& warp = block.warp();
  size_t turn = warp.round & 1;
  int lane = block.thread().index & 31;
  warp.values[turn][lane] = value;
  uint64_t round = block.meet(warp, Meeting::kFold, place);
  // The first one to go on does it for all.
  if (warp.folded[turn] != round + 1) fold_all(warp.values[turn], how);
  warp.folded[turn] = round + 1;
  return warp.values[turn][lane];
}

void copy_async16(void* into, const void* from, bool valid, Place place) {
  Block& block = the_block();
  if (!aligned(into, 16) || !aligned(from, 16)) {
    block.fail(place, "an asynchronous copy is not aligned to 16 bytes");
  }
  if (!block.shared().holds(into, 16)) {
    block.fail(place, "an asynchronous copy goes outside of shared memory");
  }
  if (valid) touch(from, 16, 16, Access::kRead, place);
  char* to = static_cast<char*>(into);
  sanitizers::writes(to, 16);
  volatile char* unwritten = to;
  for (int i = 0; i < 16; i++) unwritten[i] = static_cast<char>(0xFF);
  Thread& thread = block.thread();
  thread.place = place;
  thread.open.push_back({to, valid ? static_cast<const char*>(from) : nullptr});
}

void copy_async_commit() {
  Thread& thread = the_block().thread();
  thread.groups.push_back(std::move(thread.open));
  thread.open.clear();
}

void copy_async_wait(int pending) { land(the_block().thread(), static_cast<size_t>(pending)); }

void load_matrix4(uint32_t* r, const void* from, bool transposed, Place place) {
  Block& block = the_block();
  Team& warp = block.warp();
  if (!aligned(from, 16) || !block.shared().holds(from, 16)) {
    block.fail(place, "a row of a matrix is not aligned or lies outside of shared memory");
  }
  uint64_t* rows = warp.values[warp.round & 1];
  int lane = block.thread().index & 31;
  rows[lane] = reinterpret_cast<uint64_t>(from);
  block.meet(warp, Meeting::kMatrix, place);
  for (int m = 0; m < 4; m++) {
    uint32_t value = 0;
    for (int i = 0; i < 2; i++) {
      int row = transposed ? 2 * (lane % 4) + i : lane / 4;
      int column = transposed ? lane / 4 : 2 * (lane % 4) + i;
      auto* at = reinterpret_cast<const volatile uint16_t*>(rows[m * 8 + row]) + column;
      sanitizers::reads(const_cast<const uint16_t*>(at), 2);
      value |= static_cast<uint32_t>(*at) << (16 * i);
    }
    r[m] = value;
  }
}

namespace {

void multiply(float* c, const uint32_t* a, const uint32_t* b, Meeting meeting, Place place) {
  Block& block = the_block();
  Team& warp = block.warp();
  Fragment* mine = &warp.fragments[warp.round & 1][block.thread().index & 31];
  std::copy(a, a + 4, mine->a);
  std::copy(b, b + 2, mine->b);
  std::copy(c, c + 4, mine->c);
  block.meet(warp, meeting, place);
  std::copy(mine->c, mine->c + 4, c);
}

}  // namespace

void multiply_bf16(float* c, const uint32_t* a, const uint32_t* b, Place place) {
  multiply(c, a, b, Meeting::kProductBf16, place);
}

void multiply_fp8(float* c, const uint32_t* a, const uint32_t* b, Place place) {
  if (device().settings.arch < 89) the_block().fail(place, "multiply_fp8 needs sm_89");
  multiply(c, a, b, Meeting::kProductFp8, place);
}

}  // namespace longcat::emulator
