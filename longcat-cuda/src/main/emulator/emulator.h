// A device on one thread of a CPU: the threads of a block are fibers that run in an order drawn from
// a seed, copies land as late as they may, and memory that nobody wrote holds what is no number. What
// goes wrong ends the launch and is told with the kernel, block, thread and line. Launches from
// several threads wait for each other.
//
// This part is compiled without sanitizers and tells those that are there what it does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace longcat::emulator {

struct Settings {
  uint64_t seed = 1;        // of all orders; 0 runs everything as written
  bool truncating = false;  // tensor cores cut sums off instead of adding as IEEE says
  bool loose = false;       // streams do nothing before they are waited for
  bool counting = false;    // whether traffic is counted
  int arch = 80;            // 80, 90, 100 or 120
};

Settings settings();
void configure(const Settings& wanted);
// Such as "seed=7,tensor=truncating,arch=90,loose=1,count=1" over the settings so far; false, and
// nothing changes, where it says something else.
bool configure(const char* text);

// Bytes of a block.
size_t static_shared_limit();
size_t dynamic_shared_limit();

struct Kernel {
  const char* name;
  void (*invoke)(void** arguments);
  const uint32_t* sizes;  // of the arguments
  int count;
};

struct Launch {
  const Kernel* kernel;
  uint32_t blocks_x;
  uint32_t blocks_y;
  uint32_t threads;
  size_t dynamic_shared;
  void** arguments;
  // The owners of memory that it reaches beside memory of everybody; null for all.
  const std::vector<const void*>* owners = nullptr;
};

// False where it failed; error() tells how, until the next launch.
bool launch(const Launch& launch);
const char* error();

// Memory that kernels may touch, those that reach its owner or, without one, all; what was allowed
// twice is forbidden twice.
void allow(const void* memory, size_t bytes, const void* owner = nullptr);
void forbid(const void* memory, size_t bytes);
bool allowed(const void* memory, size_t bytes);

// What launches moved since it was last reset. Streamed bytes count each time; of all others, each
// sector of 32 bytes once a launch.
struct Traffic {
  uint64_t launches;
  uint64_t streamed;
  uint64_t read;
  uint64_t written;
};
Traffic traffic();
void reset_traffic();

// ---- What kernels call, by way of device_emulated.h. ----

struct Now {
  int thread;
  int threads;
  int block_x;
  int block_y;
  int blocks_x;
  int blocks_y;
};
extern Now now;

struct Place {
  const char* file;
  int line;

  // As a default argument: where the function is called.
  static constexpr Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

enum class Access { kRead, kStream, kWrite };

void touch(const void* memory, uint32_t bytes, uint32_t alignment, Access access, Place place);
void atomic_begin(void* memory, uint32_t bytes, Place place);
void atomic_end(void* memory);
void* shared(const void* key, const char* name, size_t bytes, Place place);
void* dynamic_shared(Place place);
void sync_block(Place place);
void sync_warp(Place place);
void fence();
uint64_t exchange(uint64_t value, int from, Place place);
uint32_t ballot(bool set, Place place);
// What the lanes of a warp give, folded by exchanges with lanes 16, 8, 4, 2 and 1 apart.
enum class Fold { kSumF32, kSumI32, kMaxF32, kMaxI32, kMaxU32, kMaxU64 };
uint64_t fold(uint64_t value, Fold how, Place place);
void copy_async16(void* into, const void* from, bool valid, Place place);
void copy_async_commit();
void copy_async_wait(int pending);
void load_matrix4(uint32_t* r, const void* from, bool transposed, Place place);
void multiply_bf16(float* c, const uint32_t* a, const uint32_t* b, Place place);
void multiply_fp8(float* c, const uint32_t* a, const uint32_t* b, Place place);

}  // namespace longcat::emulator
