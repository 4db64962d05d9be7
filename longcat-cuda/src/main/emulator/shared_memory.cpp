#include "shared_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "sanitizers.h"

namespace longcat::emulator {

namespace {

constexpr size_t kArena = 1 << 20;
constexpr size_t kAlignment = 128;
constexpr size_t kRedZone = 128;
constexpr char kRed = static_cast<char>(0xA5);
constexpr char kUnwritten = static_cast<char>(0xFF);

// Not memset: sanitizers would take it for the work of the fiber that happens to run.
void fill(char* begin, size_t bytes, char value) {
  volatile char* at = begin;
  size_t i = 0;
  if (reinterpret_cast<uint64_t>(begin) % sizeof(uint64_t) == 0) {
    uint64_t eight = 0x0101010101010101u * static_cast<uint8_t>(value);
    auto* wide = reinterpret_cast<volatile uint64_t*>(begin);
    for (; i + sizeof eight <= bytes; i += sizeof eight) wide[i / sizeof eight] = eight;
  }
  for (; i < bytes; i++) at[i] = value;
}

char* map(char* at) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | (at == nullptr ? 0 : MAP_FIXED);
  void* memory = mmap(at, kArena, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED) {
    std::fputs("the emulator found no memory for shared arrays\n", stderr);
    std::abort();
  }
  return static_cast<char*>(memory);
}

size_t whole(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

void SharedMemory::Free::operator()(char* memory) const {
  sanitizers::unpoison(memory, kArena);
  munmap(memory, kArena);
}

SharedMemory::SharedMemory() : memory_(map(nullptr)) {}

void SharedMemory::begin_block(size_t dynamic_bytes) {
  // A thread sanitizer forgets what the block before did there.
  if (__tsan_acquire != nullptr) map(memory_.get());
  sanitizers::poison(memory_.get(), kArena);
  arrays_.clear();
  used_ = kRedZone;
  static_bytes_ = 0;
  dynamic_ = memory_.get() + used_;
  dynamic_bytes_ = dynamic_bytes;
  if (dynamic_bytes > 0) open(dynamic_, dynamic_bytes);
}

void SharedMemory::open(char* begin, size_t bytes) {
  sanitizers::unpoison(begin, whole(bytes) + kRedZone);
  fill(begin, bytes, kUnwritten);
  fill(begin + bytes, whole(bytes) - bytes + kRedZone, kRed);
  sanitizers::poison(begin + bytes, whole(bytes) - bytes + kRedZone);
  used_ += whole(bytes) + kRedZone;
}

void* SharedMemory::array(const void* key, const char* name, size_t bytes, size_t limit) {
  for (const Array& array : arrays_) {
    if (array.key == key) return array.begin;
  }
  if (static_bytes_ + bytes > limit) return nullptr;
  static_bytes_ += whole(bytes);
  char* begin = memory_.get() + used_;
  open(begin, bytes);
  arrays_.push_back({key, name, begin, bytes});
  return begin;
}

bool SharedMemory::holds(const void* memory, size_t bytes) const {
  const char* at = static_cast<const char*>(memory);
  if (at >= dynamic_ && at + bytes <= dynamic_ + dynamic_bytes_) return true;
  for (const Array& array : arrays_) {
    if (at >= array.begin && at + bytes <= array.begin + array.bytes) return true;
  }
  return false;
}

const char* SharedMemory::overrun() const {
  auto written = [](const volatile char* end) {
    for (size_t i = 0; i < kRedZone; i++) {
      if (end[i] != kRed) return true;
    }
    return false;
  };
  if (dynamic_bytes_ > 0 && written(dynamic_ + dynamic_bytes_)) return "dynamic_shared()";
  for (const Array& array : arrays_) {
    if (written(array.begin + array.bytes)) return array.name;
  }
  return nullptr;
}

}  // namespace longcat::emulator
