#include "context.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "longcat_cpu.h"

namespace longcat {

namespace {

constexpr std::align_val_t kLine{64};

char* allocate(int64_t bytes) {
  if (bytes < 0) return nullptr;
  return static_cast<char*>(::operator new(static_cast<size_t>(bytes), kLine, std::nothrow));
}

}  // namespace

void Scratch::Free::operator()(char* memory) const { ::operator delete(memory, kLine); }

bool Scratch::reserve(int64_t bytes) {
  taken_ = 0;
  if (bytes <= capacity_) return true;
  memory_.reset();
  capacity_ = 0;
  memory_.reset(allocate(bytes));
  if (!memory_) return false;
  capacity_ = bytes;
  return true;
}

bool Context::reserve_per_thread(int64_t bytes) {
  for (Scratch& scratch : per_thread) {
    if (!scratch.reserve(bytes)) return false;
  }
  return true;
}

}  // namespace longcat

using longcat::Backend;

extern "C" int64_t longcat_context_open(int32_t instruction_set, int32_t numerics,
                                        int32_t threads, int32_t pinned) noexcept {
  const longcat::Kernels* kernels = longcat::select_kernels(instruction_set);
  if (kernels == nullptr || threads < 1) return 0;
  if (numerics < LONGCAT_EXACT || numerics > LONGCAT_QUANTISED) return 0;
  try {
    return reinterpret_cast<int64_t>(new Backend(kernels, numerics, threads, pinned != 0));
  } catch (...) {
    return 0;
  }
}

extern "C" int32_t longcat_context_cpu(int64_t context, int32_t thread) noexcept {
  const longcat::ThreadPool& pool = longcat::context_at(context).pool;
  if (thread < 1 || thread >= pool.threads()) return LONGCAT_MISFIT;
  return pool.cpu(thread);
}

extern "C" void longcat_context_close(int64_t context) noexcept {
  delete reinterpret_cast<Backend*>(context);
}

// Pages of a large tensor are zero and cost nothing until they are touched: so calloc, with the
// start of its block kept in front of the aligned memory.
extern "C" int64_t longcat_allocate(int64_t bytes) noexcept {
  constexpr int64_t kAlignment = 64;
  if (bytes < 0 || bytes > INT64_MAX - 2 * kAlignment) return 0;
  void* block = std::calloc(static_cast<size_t>(bytes + 2 * kAlignment), 1);
  if (block == nullptr) return 0;
  int64_t start = reinterpret_cast<int64_t>(block);
  int64_t address = (start / kAlignment + 2) * kAlignment;
  std::memcpy(reinterpret_cast<char*>(address) - sizeof block, &block, sizeof block);
  return address;
}

extern "C" void longcat_free(int64_t address) noexcept {
  if (address == 0) return;
  void* block;
  std::memcpy(&block, reinterpret_cast<char*>(address) - sizeof block, sizeof block);
  std::free(block);
}
