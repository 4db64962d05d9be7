// What sanitizers offer to whoever switches stacks himself; null where the program has none.
#pragma once

#include <cstddef>

extern "C" {
#define LONGCAT_OPTIONAL __attribute__((weak))
LONGCAT_OPTIONAL void* __tsan_get_current_fiber();
LONGCAT_OPTIONAL void* __tsan_create_fiber(unsigned);
LONGCAT_OPTIONAL void __tsan_destroy_fiber(void*);
LONGCAT_OPTIONAL void __tsan_switch_to_fiber(void*, unsigned);
LONGCAT_OPTIONAL void __tsan_acquire(void*);
LONGCAT_OPTIONAL void __tsan_release(void*);
LONGCAT_OPTIONAL void __tsan_read_range(void*, unsigned long);
LONGCAT_OPTIONAL void __tsan_write_range(void*, unsigned long);
LONGCAT_OPTIONAL void __sanitizer_start_switch_fiber(void**, const void*, size_t);
LONGCAT_OPTIONAL void __sanitizer_finish_switch_fiber(void*, const void**, size_t*);
LONGCAT_OPTIONAL void __asan_poison_memory_region(const volatile void*, size_t);
LONGCAT_OPTIONAL void __asan_unpoison_memory_region(const volatile void*, size_t);
#undef LONGCAT_OPTIONAL
}

namespace longcat::emulator::sanitizers {

inline void acquire(void* tag) {
  if (__tsan_acquire != nullptr) __tsan_acquire(tag);
}
inline void release(void* tag) {
  if (__tsan_release != nullptr) __tsan_release(tag);
}
inline void reads(const void* memory, size_t bytes) {
  if (__tsan_read_range != nullptr) __tsan_read_range(const_cast<void*>(memory), bytes);
}
inline void writes(void* memory, size_t bytes) {
  if (__tsan_write_range != nullptr) __tsan_write_range(memory, bytes);
}
inline void poison(const void* memory, size_t bytes) {
  if (__asan_poison_memory_region != nullptr) __asan_poison_memory_region(memory, bytes);
}
inline void unpoison(const void* memory, size_t bytes) {
  if (__asan_unpoison_memory_region != nullptr) __asan_unpoison_memory_region(memory, bytes);
}

}  // namespace longcat::emulator::sanitizers
